import { expect, test } from 'vitest'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import type { Sink } from '../../core/sink.ts'
import { ResponseTap } from './response-tap.ts'

const NL = '\n\n'
const event = (type: string, data: JsonObject): string =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}${NL}`
const message = { type: 'message', content: [{ type: 'output_text', text: 'Hé' }] }
const stream =
  event('response.created', { response: { id: 'resp_1', output: [] } }) +
  `: keep-alive${NL}` +
  event('response.output_text.delta', { delta: 'Hé' }) +
  event('response.output_item.done', { item: message }) +
  event('response.completed', { response: { id: 'resp_1', output: [] } })

function tap(
  pieces: readonly Buffer[],
  says: readonly [string, JsonValue][],
  type = 'text/event-stream',
) {
  const out: Uint8Array[] = []
  const responses: JsonObject[] = []
  const inner: Sink = {
    onDrain: undefined,
    head: () => {},
    write: (bytes) => out.push(bytes) > 0,
    end: (bytes) => void out.push(bytes ?? Buffer.alloc(0)),
    fail: () => {},
    failStream: (_error, bytes) => void out.push(bytes),
    destroy: () => {},
  }
  const sink = new ResponseTap(inner, {
    says: new Map(says),
    onResponse: (response) => responses.push(response),
  })
  sink.head(200, { 'content-type': type })
  for (const piece of pieces.slice(0, -1)) sink.write(piece)
  sink.end(pieces.at(-1))
  return { text: Buffer.concat(out).toString(), chunks: out, responses }
}

test('says what it is told to, and reads the response, wherever the stream is cut', () => {
  const bytes = Buffer.from(stream)
  const says: [string, JsonValue][] = [['store', true]]
  const whole = tap([bytes], says)
  expect(whole.text).toContain('"response":{"id":"resp_1","output":[],"store":true}')
  expect(whole.text).toContain(': keep-alive')
  expect(whole.responses).toEqual([{ id: 'resp_1', store: true, output: [message] }])
  for (let at = 0; at <= bytes.length; at++) {
    const cut = tap([bytes.subarray(0, at), bytes.subarray(at)], says)
    expect(cut.text).toBe(whole.text)
    expect(cut.responses).toEqual(whole.responses)
  }
})

test('with nothing to say, every byte passes, and a chunk is the very same', () => {
  const bytes = Buffer.from(stream)
  const { text, chunks, responses } = tap([bytes, Buffer.alloc(0)], [])
  expect(text).toBe(stream)
  expect(chunks[0]).toBe(bytes)
  expect(responses).toEqual([{ id: 'resp_1', output: [message] }])
})

test('an output that is repeated at the end counts', () => {
  const last = event('response.incomplete', { response: { id: 'resp_1', output: [{ type: 'x' }] } })
  const { responses } = tap(
    [Buffer.from(stream.replace(/event: response\.completed[^]*/, last))],
    [],
  )
  expect(responses).toEqual([{ id: 'resp_1', output: [{ type: 'x' }] }])
})

test('a whole answer is spliced, one that is no object passes', () => {
  const whole = '{"id":"resp_1","store":false,"output":[]}'
  const { text, responses } = tap([Buffer.from(whole)], [['store', true]], 'application/json')
  expect(JSON.parse(text)).toEqual({ id: 'resp_1', output: [], store: true })
  expect(responses).toEqual([{ id: 'resp_1', output: [], store: true }])
  expect(tap([Buffer.from('[1]')], [['store', true]], 'application/json').text).toBe('[1]')
})

test('events that break the form pass, and keep nothing', () => {
  const broken = `event: response.completed\ndata: {"response":${NL}event: response.completed${NL}`
  expect(tap([Buffer.from(broken)], [['store', true]])).toMatchObject({
    text: broken,
    responses: [],
  })
})
