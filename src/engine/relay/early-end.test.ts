import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../core/json.ts'
import { asArray, asObject } from '../../core/json.ts'
import { dialects, wires } from '../../dialects/index.ts'
import type { Reply } from '../__fixtures__/scripted-server.ts'
import { ask, useHouses } from '../__fixtures__/served-house.ts'
import { tinyModel } from '../__fixtures__/tiny-upstream.ts'

const { house } = useHouses()

/* A stop sequence for a model whose wire has none: once the text is met, the upstream is stopped. */

const event = (type: string, data: object): string =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`
const message = {
  type: 'message',
  id: 'msg_1',
  role: 'assistant',
  status: 'in_progress',
  content: [],
}
const opening =
  event('response.created', { response: { id: 'resp_1', model: 'm', status: 'in_progress' } }) +
  event('response.output_item.added', { output_index: 0, item: message }) +
  event('response.content_part.added', {
    output_index: 0,
    content_index: 0,
    part: { type: 'output_text', text: '' },
  })
const delta = (text: string): string =>
  event('response.output_text.delta', { output_index: 0, content_index: 0, delta: text })

const chatDelta = (content: string): string =>
  `data: ${JSON.stringify({ id: 'c', model: 'm', choices: [{ index: 0, delta: { content } }] })}\n\n`

const endless = (...texts: readonly string[]) => unended(opening, ...texts.map(delta))

/** Writes the events and then waits for the client to go; `closed` tells that it did. */
function unended(...events: readonly string[]): { reply: Reply; closed: Promise<void> } {
  let close = (): void => {}
  const closed = new Promise<void>((resolve) => {
    close = resolve
  })
  const reply: Reply = (response) => {
    response.on('close', close)
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    for (const text of events) response.write(text)
  }
  return { reply, closed }
}

const served = {
  dialects,
  wires,
  upstream: { models: [tinyModel('one', { wires: ['responses'] })] },
}
const chat: JsonObject = {
  model: 'one',
  stop: ['END'],
  messages: [{ role: 'user', content: 'Tell me a very long story.' }],
}
const anthropic: JsonObject = {
  model: 'one',
  max_tokens: 100,
  stop_sequences: ['END'],
  messages: [{ role: 'user', content: 'Tell me a very long story.' }],
}

describe.each([true, false])('stream %s', (stream) => {
  test('chat: the client’s answer ends, the upstream is stopped, and the use is an estimate', async () => {
    const { reply, closed } = endless('Once upon a time', ' there was EN', 'D and much more')
    const { engine, server } = await house([reply], served)
    const body = { ...chat, stream, stream_options: { include_usage: true } }
    const { sink, record } = await ask(engine, body)
    await closed
    expect(sink.events.at(-1)).toBe('end')
    expect(sink.text).not.toContain('END')
    expect(sink.text).not.toContain('much more')
    expect(sink.text).toContain('"finish_reason":"stop"')
    if (stream) expect(sink.text).toMatch(/"usage":\{.*data: \[DONE\]\n\n$/s)
    else {
      const { choices, usage } = JSON.parse(sink.text) as JsonObject
      expect(asObject(asArray(choices)[0])).toMatchObject({
        message: { content: 'Once upon a time there was ' },
      })
      expect(usage).toMatchObject({ completion_tokens: record.usage?.outputTokens })
    }
    expect(JSON.parse(server.received[0]?.body ?? '{}')).toMatchObject({ stream: true })
    expect(record).toMatchObject({
      outcome: 'ok',
      status: 200,
      usage: { estimated: true, cachedInputTokens: 0 },
    })
    expect(record.usage?.inputTokens).toBeGreaterThan(5)
    expect(record.usage?.outputTokens).toBeGreaterThan(7)
    expect(server.received).toHaveLength(1)
  })

  test('messages: says which sequence it was', async () => {
    const { reply, closed } = endless('Once END upon')
    const { engine } = await house([reply], served)
    const { sink, record } = await ask(engine, { ...anthropic, stream }, { dialect: 'messages' })
    await closed
    expect(sink.text).toContain('"stop_reason":"stop_sequence"')
    expect(sink.text).toContain('"stop_sequence":"END"')
    expect(sink.text).toContain('Once ')
    expect(record.usage?.estimated).toBe(true)
  })

  test('messages on a model of chat: says which sequence it was', async () => {
    const { reply, closed } = unended(chatDelta('Once E'), chatDelta('ND upon'))
    const upstream = { models: [tinyModel('one', { wires: ['chat'] })] }
    const { engine, server } = await house([reply], { ...served, upstream })
    const { sink, record } = await ask(engine, { ...anthropic, stream }, { dialect: 'messages' })
    await closed
    expect(sink.text).toContain('"stop_reason":"stop_sequence"')
    expect(sink.text).toContain('"stop_sequence":"END"')
    expect(sink.text).not.toContain('upon')
    expect(record.degraded).toEqual([])
    expect(JSON.parse(server.received[0]?.body ?? '{}')).not.toHaveProperty('stop')
  })

  test('an upstream that ends by itself has the last word', async () => {
    const usage = {
      input_tokens: 11,
      output_tokens: 22,
      total_tokens: 33,
      input_tokens_details: { cached_tokens: 4 },
    }
    const text = 'Once END upon'
    const item = { ...message, status: 'completed', content: [{ type: 'output_text', text }] }
    const done = event('response.completed', {
      response: { id: 'resp_1', status: 'completed', output: [item], usage },
    })
    const whole: Reply = (response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      response.end(opening + delta(text) + done)
    }
    const { engine } = await house([whole], served)
    const { record } = await ask(engine, { ...chat, stream })
    expect(record.usage).toMatchObject({ inputTokens: 11, cachedInputTokens: 4, outputTokens: 22 })
    expect(record.usage).not.toHaveProperty('estimated')
  })
})

test('without stop sequences a whole answer is asked for as a whole', async () => {
  const whole: Reply = (response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ id: 'resp_1', status: 'completed', output: [] }))
  }
  const { engine, server } = await house([whole], served)
  const { stop: _, ...plain } = chat
  await ask(engine, plain)
  expect(JSON.parse(server.received[0]?.body ?? '{}')).not.toHaveProperty('stream', true)
})
