import type { ServerResponse } from 'node:http'
import type { FaultAction } from '../faults/fault.ts'
import type { RecordedRequest } from '../records/recorded-request.ts'
import type { Quirks } from '../quirks/quirk.ts'
import { sseText } from '../streams/frame.ts'
import type { Frame } from '../streams/frame.ts'
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

type Outcome = 'complete' | 'aborted' | 'cut'

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
    if (fault.kind === 'stall') return untilClosed(response)
    await turn(world, 5)
    response.destroy()
    return 'cut'
  }
  if (fault?.kind === 'drip') return drip(response, body, fault, world)
  response.end(body)
  return finished(response)
}

async function writeStream(
  response: ServerResponse,
  reply: StreamReply,
  context: WriteContext,
): Promise<Outcome> {
  const { world, record, fault } = context
  response.writeHead(reply.status, reply.headers)
  response.flushHeaders()
  const pacer = createPacer(world)
  const steps = shapeStream(reply.frames, context.quirks, fault, context.errorFrame)
  let next = steps.next()
  for (; !next.done; next = steps.next()) {
    if (response.destroyed) return 'aborted'
    const step = next.value
    switch (step.do) {
      case 'send':
        await pacer.before(step.frame)
        if (fault?.kind === 'drip') await dripText(response, sseText(step.frame), fault, world)
        else await write(response, sseText(step.frame))
        record.events += 1
        break
      case 'comment':
        await write(response, `: ${step.text}\n\n`)
        break
      case 'garble': {
        const text = sseText(step.frame)
        await write(response, `${text.slice(0, Math.ceil(text.length / 2))}\u0000\n\n`)
        break
      }
      case 'wait':
        await turn(world, step.ms)
        break
      case 'stall':
        return untilClosed(response)
      case 'reset':
        // Lets what was written leave first: a reset overtakes what is still in the buffer.
        await turn(world, 5)
        response.destroy()
        return 'cut'
    }
  }
  if (response.destroyed) return 'aborted'
  response.end()
  const outcome = await finished(response)
  return outcome === 'aborted' ? 'aborted' : next.value
}

/** Spreads tokens over time; without a pace it never waits. */
function createPacer(world: World): { before(frame: Frame): Promise<void> } {
  const started = world.clock.monotonic()
  let tokens = 0
  return {
    async before(frame) {
      tokens += frame.tokens
      const { pace } = world.settings
      if (pace <= 0) return
      const dueMs = (tokens * 1000) / pace - (world.clock.monotonic() - started)
      if (dueMs >= 1) await turn(world, dueMs)
    },
  }
}

async function write(response: ServerResponse, text: string): Promise<void> {
  if (response.write(text) || response.destroyed) return
  await new Promise<void>((resolve) => {
    const done = (): void => {
      response.off('drain', done)
      response.off('close', done)
      resolve()
    }
    response.on('drain', done)
    response.on('close', done)
  })
}

type Drip = Extract<FaultAction, { kind: 'drip' }>

async function drip(
  response: ServerResponse,
  body: Buffer,
  fault: Drip,
  world: World,
): Promise<Outcome> {
  await dripText(response, body.toString(), fault, world)
  response.end()
  return finished(response)
}

async function dripText(
  response: ServerResponse,
  text: string,
  fault: Drip,
  world: World,
): Promise<void> {
  const bytes = Buffer.from(text)
  const size = Math.max(1, fault.bytes)
  for (let at = 0; at < bytes.length && !response.destroyed; at += size) {
    response.write(bytes.subarray(at, at + size))
    await turn(world, fault.everyMs)
  }
}

export function turn(world: World, ms: number): Promise<void> {
  return new Promise((resolve) => {
    world.clock.setTimer(ms, resolve)
  })
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

function untilClosed(response: ServerResponse): Promise<Outcome> {
  return new Promise((resolve) => {
    if (response.destroyed) resolve('aborted')
    response.on('close', () => {
      resolve('aborted')
    })
  })
}
