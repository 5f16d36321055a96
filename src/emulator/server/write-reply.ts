import type { ServerResponse } from 'node:http'
import type { FaultAction } from '../faults/fault.ts'
import type { Quirks } from '../quirks/quirk.ts'
import type { RecordedRequest } from '../records/recorded-request.ts'
import { sseText } from '../streams/frame.ts'
import type { Frame } from '../streams/frame.ts'
import { pause, runSteps } from '../streams/run-steps.ts'
import type { Outcome, StreamSink } from '../streams/run-steps.ts'
import { shapeStream } from '../streams/shape.ts'
import type { StreamErrorFrame } from '../streams/shape.ts'
import type { World } from '../world.ts'
import type { Reply, StreamReply, WholeReply } from './reply.ts'

export interface WriteContext {
  readonly world: World
  readonly record: RecordedRequest
  readonly quirks: Quirks
  readonly fault: FaultAction | undefined
  readonly errorFrame: StreamErrorFrame
}

/** Writes an answer as the fault wants it, and resolves when the socket is done with it. */
export async function writeReply(
  response: ServerResponse,
  reply: Reply,
  context: WriteContext,
): Promise<Outcome> {
  if (response.destroyed) return 'aborted'
  return reply.kind === 'whole'
    ? writeWhole(response, reply, context)
    : writeStream(response, reply, context)
}

async function writeWhole(
  response: ServerResponse,
  reply: WholeReply,
  { world, fault }: WriteContext,
): Promise<Outcome> {
  const body = Buffer.from(reply.body)
  response.writeHead(reply.status, { ...reply.headers, 'content-length': body.length })
  const after = fault && 'after' in fault ? fault.after : undefined
  if (fault && after !== undefined && after !== 'nothing') {
    const kept = after === 'head' || after === 0 ? 0 : Math.ceil(body.length / 2)
    response.flushHeaders()
    if (kept > 0) response.write(body.subarray(0, kept))
    if (fault.kind === 'stall') {
      await untilClosed(response)
      return 'aborted'
    }
    await pause(world, 5)
    response.destroy()
    return 'cut'
  }
  if (fault?.kind === 'drip') await drip(response, body, fault, world)
  else response.write(body)
  response.end()
  return finished(response)
}

async function writeStream(
  response: ServerResponse,
  reply: StreamReply,
  context: WriteContext,
): Promise<Outcome> {
  response.writeHead(reply.status, reply.headers)
  response.flushHeaders()
  const steps = shapeStream(reply.frames, context.quirks, context.fault, context.errorFrame)
  const { outcome, open } = await runSteps(context.world, steps, sinkFor(response, context))
  if (!open) return outcome
  if (response.destroyed) return 'aborted'
  response.end()
  return (await finished(response)) === 'aborted' ? 'aborted' : outcome
}

function sinkFor(response: ServerResponse, { world, fault, record }: WriteContext): StreamSink {
  const write = async (text: string): Promise<void> => {
    if (fault?.kind === 'drip') await drip(response, Buffer.from(text), fault, world)
    else if (!response.write(text) && !response.destroyed) await drained(response)
  }
  return {
    closed: () => response.destroyed,
    async send(frame: Frame) {
      await write(sseText(frame))
      record.events += 1
    },
    comment: (text) => write(`: ${text}\n\n`),
    garble(frame) {
      const text = sseText(frame)
      return write(`${text.slice(0, Math.ceil(text.length / 2))}\u0000\n\n`)
    },
    untilClosed: () => untilClosed(response),
    destroy: () => {
      response.destroy()
    },
  }
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      response.off('drain', done)
      response.off('close', done)
      resolve()
    }
    response.on('drain', done)
    response.on('close', done)
  })
}

async function drip(
  response: ServerResponse,
  bytes: Buffer,
  fault: Extract<FaultAction, { kind: 'drip' }>,
  world: World,
): Promise<void> {
  const size = Math.max(1, fault.bytes)
  for (let at = 0; at < bytes.length && !response.destroyed; at += size) {
    response.write(bytes.subarray(at, at + size))
    await pause(world, fault.everyMs)
  }
}

function finished(response: ServerResponse): Promise<Outcome> {
  return new Promise((resolve) => {
    if (response.writableFinished) resolve('complete')
    response.on('finish', () => {
      resolve('complete')
    })
    response.on('close', () => {
      resolve(response.writableFinished ? 'complete' : 'aborted')
    })
  })
}

function untilClosed(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    if (response.destroyed) resolve()
    response.on('close', resolve)
  })
}
