import { describe, expect, test } from 'vitest'
import { APIConnectionError, RateLimitError } from '../core/errors.ts'
import { createAnswerStream } from './answer-stream.ts'
import type { AnswerStream } from './answer-stream.ts'
import { createByteQueue } from './byte-queue.ts'
import type { ByteQueue } from './byte-queue.ts'
import { chatStream } from './stream-kinds.ts'
import type { ChatCompletion, ChatCompletionChunk } from './types/chat.ts'

interface Fixture {
  readonly body: ByteQueue
  readonly stream: AnswerStream<ChatCompletionChunk, ChatCompletion>
  readonly aborted: string[]
}

function open(): Fixture {
  const body = createByteQueue()
  const aborted: string[] = []
  const stream = createAnswerStream({
    head: { status: 200, headers: {}, body },
    raw: { status: 200, headers: {}, request_id: 'r1' },
    kind: chatStream,
    facts: { request_id: 'r1', llm_provider: 'github_copilot', model: 'gpt-4o' },
    abort(reason) {
      aborted.push(reason.message)
      body.fail(reason)
    },
  })
  return { body, stream, aborted }
}

function event(content: string): Uint8Array {
  const choices = [{ index: 0, delta: { content }, finish_reason: null }]
  const chunk = { id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices }
  return Buffer.from(`data: ${JSON.stringify(chunk)}\n\n`)
}

const DONE = Buffer.from('data: [DONE]\n\n')

describe('a streamed answer', () => {
  test('is the same wherever its bytes are cut', async () => {
    const bytes = Buffer.concat([event('Grü'), event('ße 😀'), DONE])
    for (let at = 0; at <= bytes.length; at++) {
      const { body, stream } = open()
      body.push(bytes.subarray(0, at))
      body.push(bytes.subarray(at))
      body.end()
      expect(await stream.text()).toBe('Grüße 😀')
    }
  })

  test('leaving the loop aborts the call, once', async () => {
    const { body, stream, aborted } = open()
    body.push(event('a'))
    body.push(event('b'))
    for await (const chunk of stream) {
      expect(chunk.choices[0]?.delta.content).toBe('a')
      break
    }
    expect(aborted).toHaveLength(1)
    expect(await stream.next()).toEqual({ value: undefined, done: true })
    stream.abort()
    expect(aborted).toHaveLength(1)
  })

  test('reading to the end aborts nothing', async () => {
    const { body, stream, aborted } = open()
    body.push(event('a'))
    body.end()
    const answer = await stream.final()
    expect(answer.choices[0]?.message.content).toBe('a')
    expect(aborted).toEqual([])
  })

  test('a second reader is refused', async () => {
    const { body, stream } = open()
    body.end()
    await stream.text()
    await expect(stream.text()).rejects.toThrow('read already')
  })

  test('what came before a failure is read before it', async () => {
    const { body, stream } = open()
    body.push(event('a'))
    body.fail(new APIConnectionError('cut'))
    const seen: string[] = []
    const reading = (async () => {
      for await (const chunk of stream) seen.push(chunk.choices[0]?.delta.content ?? '')
    })()
    await expect(reading).rejects.toThrow(APIConnectionError)
    expect(seen).toEqual(['a'])
  })

  test('an error event in the stream is thrown as its class', async () => {
    const { body, stream } = open()
    body.push(event('a'))
    body.push(Buffer.from('data: {"error":{"message":"slow down","code":429}}\n\n'))
    body.end()
    await expect(stream.text()).rejects.toMatchObject({ message: 'slow down', status: 429 })
    const again = open()
    again.body.push(Buffer.from('data: {"error":{"message":"slow down","code":429}}\n\n'))
    await expect(again.stream.next()).rejects.toThrow(RateLimitError)
  })

  test('every error names its call, and keeps what it says itself', async () => {
    const own = new APIConnectionError('cut', { model: 'gpt-4o-mini', code: 'connection_reset' })
    const { body, stream } = open()
    body.fail(own)
    await expect(stream.next()).rejects.toMatchObject({
      code: 'connection_reset',
      request_id: 'r1',
      llm_provider: 'github_copilot',
      model: 'gpt-4o-mini',
    })
    const empty = open()
    empty.body.end()
    await expect(empty.stream.final()).rejects.toMatchObject({ request_id: 'r1', model: 'gpt-4o' })
  })

  test('an error that is none of ours is thrown as it is', async () => {
    const reason = new Error('stopped')
    const { body, stream } = open()
    body.fail(reason)
    await expect(stream.next()).rejects.toBe(reason)
  })

  test('calls of next that wait together get one chunk each', async () => {
    const { body, stream } = open()
    const waiting = [stream.next(), stream.next(), stream.next()]
    body.push(Buffer.concat([event('a'), event('b')]))
    body.end()
    const results = await Promise.all(waiting)
    expect(results.map(({ value }) => value?.choices[0]?.delta.content)).toEqual([
      'a',
      'b',
      undefined,
    ])
  })

  test('abort ends a reader that waits', async () => {
    const { stream, aborted } = open()
    const waiting = stream.next()
    stream.abort()
    expect(await waiting).toEqual({ value: undefined, done: true })
    expect(aborted).toHaveLength(1)
  })

  test('as a readable stream it is lines of JSON', async () => {
    const { body, stream } = open()
    body.push(event('a'))
    body.push(event('b'))
    body.end()
    const text = await new Response(stream.toReadableStream()).text()
    const lines = text.trimEnd().split('\n')
    expect(lines.map((line) => (JSON.parse(line) as { id: string }).id)).toEqual(['c', 'c'])
  })

  test('cancelling the readable stream aborts the call', async () => {
    const { body, stream, aborted } = open()
    body.push(event('a'))
    const reader = stream.toReadableStream().getReader()
    await reader.read()
    await reader.cancel()
    expect(aborted).toHaveLength(1)
  })
})
