import OpenAI from 'openai'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ARGUMENTS_SEAL, tools as recorded } from './__fixtures__/streams.ts'
import { responsesWire } from './index.ts'
import { type EchoHouse, openEchoHouse } from '../__fixtures__/echo-house.ts'

let house: EchoHouse

beforeAll(async () => {
  house = await openEchoHouse(() => ({ id: 'responses' }))
})
afterAll(() => house.close())

const client = (): OpenAI => new OpenAI({ baseURL: house.origin, apiKey: 'k', maxRetries: 0 })
const ask = (input: string) => ({
  model: 'gpt-5.4',
  input,
  tools: [
    { type: 'function' as const, name: 'look', parameters: { type: 'object' }, strict: false },
    { type: 'custom' as const, name: 'patch' },
  ],
})

test('a whole answer with a thought and a call', async () => {
  const answer = await client().responses.create(ask('call look'))
  expect(answer).toMatchObject({
    status: 'completed',
    model: 'gpt-5.4',
    output_text: 'You said: call look',
    output: [
      { type: 'reasoning', summary: [{ text: 'hm' }] },
      { type: 'message' },
      { type: 'function_call', call_id: 'call_1', name: 'look', arguments: '{"x":1}' },
    ],
    usage: { input_tokens: 12, output_tokens: 7, total_tokens: 19 },
  })
})

test('its stream helper puts the same answer together', async () => {
  const stream = client().responses.stream(ask('call look'))
  const seen: string[] = []
  stream.on('response.output_text.delta', ({ delta }) => seen.push(delta))
  const answer = await stream.finalResponse()
  expect(seen.join('')).toBe('You said: call look')
  expect(answer).toMatchObject({
    status: 'completed',
    output_text: 'You said: call look',
    output: [
      { type: 'reasoning' },
      { type: 'message' },
      { type: 'function_call', call_id: 'call_1', arguments: '{"x":1}', parsed_arguments: null },
    ],
  })
})

test('a custom tool is called with raw text', async () => {
  const answer = await client().responses.create(ask('call patch'))
  expect(answer.output.at(-1)).toMatchObject({ type: 'custom_tool_call', name: 'patch' })
})

test('a broken stream and a refusal are its errors', async () => {
  const stream = await client().responses.create({ ...ask('fail'), stream: true })
  const types: string[] = []
  const read = async (): Promise<void> => {
    for await (const { type } of stream) types.push(type)
  }
  await expect(read()).rejects.toThrow('It broke.')
  expect(types).toContain('response.output_text.delta')
  await expect(client().responses.create(ask('refuse'))).rejects.toMatchObject({ status: 429 })
})

test('a relayed stream whose ids change upstream is put together as well', async () => {
  const filter = responsesWire.createRelayFilter({
    requestId: 'request-1',
    includeUsage: true,
    nowMs: 1_790_000_000_000,
  })
  const relayed = Buffer.concat([filter.push(Buffer.from(recorded)), filter.end()])
  const reader = new OpenAI({
    apiKey: 'k',
    baseURL: house.origin,
    fetch: () =>
      Promise.resolve(new Response(relayed, { headers: { 'content-type': 'text/event-stream' } })),
  })
  const stream = reader.responses.stream(ask('x'))
  let input = ''
  stream.on('response.custom_tool_call_input.delta', ({ delta }) => {
    input += delta
  })
  const answer = await stream.finalResponse()
  expect(answer.output).toMatchObject([
    { type: 'reasoning', encrypted_content: ARGUMENTS_SEAL },
    { type: 'function_call', arguments: '{"path":"a.txt"}' },
    { type: 'custom_tool_call', input: '*** Begin Patch\n+ "x"\n*** End Patch' },
  ])
  expect(input).toBe('*** Begin Patch\n+ "x"\n*** End Patch')
})
