import OpenAI from 'openai'
import { expect, test } from 'vitest'
import { DEFAULT_SETTINGS } from '../../core/default-settings.ts'
import type { JsonObject } from '../../core/json.ts'
import { startDemoGateway } from '../__fixtures__/start-demo-gateway.ts'
import type { DemoGateway, DemoOptions } from '../__fixtures__/start-demo-gateway.ts'
import { post, send } from '../__fixtures__/start-test-gateway.ts'

/** A model of the wire itself, and one that is reached through another. */
const MODELS = ['gpt-5.3-codex', 'claude-sonnet-4.5', 'gpt-4o']
const recorded: DemoOptions = { emulator: { recordBodies: true } }

function clientOf({ url }: DemoGateway, apiKey = 'any'): OpenAI {
  return new OpenAI({ baseURL: `${url}/v1`, apiKey, maxRetries: 0 })
}

/** What the model was really asked last. */
function lastBody({ emulator }: DemoGateway): JsonObject {
  const asked = emulator.control.requests
    .list()
    .filter(({ route }) => ['chat', 'responses', 'messages'].includes(route))
  return asked.at(-1)?.body as JsonObject
}

for (const model of MODELS) {
  test(`${model}: a response is gone on from, whole and streamed`, async () => {
    await using demo = await startDemoGateway(recorded)
    const client = clientOf(demo)
    const first = await client.responses.create({ model, input: 'My name is Ada.' })
    expect(first).toMatchObject({ store: true })
    const second = await client.responses.create({
      model,
      input: 'What is my name?',
      previous_response_id: first.id,
    })
    expect(second.previous_response_id).toBe(first.id)
    const asked = JSON.stringify(lastBody(demo))
    expect(asked).toContain('My name is Ada.')
    expect(asked).toContain(JSON.stringify(first.output_text))
    expect(asked).not.toContain('previous_response_id')

    const stream = client.responses.stream({
      model,
      input: 'And once more?',
      previous_response_id: second.id,
    })
    const third = await stream.finalResponse()
    expect(third.previous_response_id).toBe(second.id)
    expect(JSON.stringify(lastBody(demo))).toContain('What is my name?')
    // The SDK adds members of its own to what it has read from a stream.
    expect(third.output).toMatchObject((await client.responses.retrieve(third.id)).output)

    const items = await client.responses.inputItems.list(third.id, { order: 'asc', limit: 2 })
    expect(items.data).toHaveLength(2)
    expect(items.hasNextPage()).toBe(true)
    const all = []
    for await (const item of client.responses.inputItems.list(third.id, { limit: 2 }))
      all.push(item)
    expect(all.length).toBeGreaterThanOrEqual(5)
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length)

    await client.responses.delete(third.id)
    await expect(client.responses.retrieve(third.id)).rejects.toThrow(OpenAI.NotFoundError)
  })
}

for (const model of MODELS) {
  test(`${model}: items are found by the references that SDKs send for them`, async () => {
    await using demo = await startDemoGateway(recorded)
    const client = clientOf(demo)
    const asked = { role: 'user', content: 'Call look.' } as const
    const tools = [
      { type: 'function', name: 'look', parameters: { type: 'object' }, strict: false } as const,
    ]
    const first = await client.responses.create({
      model,
      input: [asked],
      tools,
      tool_choice: { type: 'function', name: 'look' },
    })
    const call = first.output.find(({ type }) => type === 'function_call')
    if (call?.type !== 'function_call') throw new Error('no call')
    const references = first.output.map(({ id }) => ({
      type: 'item_reference' as const,
      id: id ?? '',
    }))
    const result = {
      type: 'function_call_output',
      call_id: call.call_id,
      output: 'A door.',
    } as const
    const second = await client.responses.create({
      model,
      tools,
      input: [asked, ...references, result],
    })
    expect(second.status).toBe('completed')
    const sent = JSON.stringify(lastBody(demo))
    expect(sent).toContain(call.call_id)
    expect(sent).not.toContain('item_reference')
    const lost = { model, input: [asked, { type: 'item_reference' as const, id: 'msg_unknown0' }] }
    await expect(client.responses.create(lost)).rejects.toThrow(/msg_unknown0' not found/)
  })
}

test('a response that was not to be stored is not', async () => {
  await using demo = await startDemoGateway()
  const client = clientOf(demo)
  const { id } = await client.responses.create({ model: 'gpt-5.3-codex', input: 'a', store: false })
  await expect(client.responses.retrieve(id)).rejects.toThrow(OpenAI.NotFoundError)
})

test('storing is not named as a loss, as the gateway does it', async () => {
  await using demo = await startDemoGateway()
  const body = { model: 'gpt-5.3-codex', input: 'a', store: true }
  const reply = await post(demo.url, '/v1/responses', body)
  expect(reply.status).toBe(200)
  expect(reply.headers['x-jetway-degraded']).toBeUndefined()
})

test('an unknown response is refused in the words clients know, before anything is asked', async () => {
  await using demo = await startDemoGateway()
  const before = demo.emulator.control.requests.list().length
  const body = { model: 'gpt-5.3-codex', input: 'a', previous_response_id: 'resp_gone' }
  const reply = await post(demo.url, '/v1/responses', body)
  expect(reply.status).toBe(400)
  expect(reply.json).toEqual({
    error: {
      message: "Previous response with id 'resp_gone' not found.",
      type: 'invalid_request_error',
      param: 'previous_response_id',
      code: 'previous_response_not_found',
    },
  })
  expect(demo.emulator.control.requests.list()).toHaveLength(before)
})

test('another key sees nothing of it', async () => {
  await using demo = await startDemoGateway({
    gateway: {
      masterKey: 'sk-master',
      extend: () =>
        Promise.resolve({
          authenticator: {
            authenticate: ([key = 'none']) => ({ kind: 'key', keyId: key, seat: 'own' }),
          },
        }),
    },
  })
  const [ada, bob] = [clientOf(demo, 'sk-ada'), clientOf(demo, 'sk-bob')]
  const { id } = await ada.responses.create({ model: 'gpt-5.3-codex', input: 'secret' })
  expect((await ada.responses.retrieve(id)).id).toBe(id)
  await expect(bob.responses.retrieve(id)).rejects.toThrow(OpenAI.NotFoundError)
  await expect(bob.responses.delete(id)).rejects.toThrow(OpenAI.NotFoundError)
  await expect(bob.responses.inputItems.list(id)).rejects.toThrow(OpenAI.NotFoundError)
  const stolen = { model: 'gpt-5.3-codex', input: 'b', previous_response_id: id }
  await expect(bob.responses.create(stolen)).rejects.toThrow(/not found/)
  expect((await ada.responses.retrieve(id)).id).toBe(id)
})

test('with a time to live of nothing, nothing is kept', async () => {
  const settings = {
    ...DEFAULT_SETTINGS,
    gateway: {
      ...DEFAULT_SETTINGS.gateway,
      port: 0,
      responses: { ...DEFAULT_SETTINGS.gateway.responses, keepMs: 0 },
    },
  }
  await using demo = await startDemoGateway({ gateway: { settings } })
  const client = clientOf(demo)
  const { id } = await client.responses.create({ model: 'gpt-5.3-codex', input: 'a' })
  await expect(client.responses.retrieve(id)).rejects.toThrow(OpenAI.NotFoundError)
})

test.each([
  ['limit=0', 'limit'],
  ['limit=x', 'limit'],
  ['order=up', 'order'],
  ['after=nobody', 'after'],
])('input_items?%s names what is wrong', async (query, param) => {
  await using demo = await startDemoGateway()
  const { id } = await clientOf(demo).responses.create({ model: 'gpt-5.3-codex', input: 'a' })
  const reply = await send(demo.url, `/v1/responses/${id}/input_items?${query}`)
  expect(reply.status).toBe(400)
  expect(reply.json).toMatchObject({ error: { param } })
})

for (const model of MODELS) {
  test(`${model}: a conversation is compacted, and gone on from`, async () => {
    await using demo = await startDemoGateway(recorded)
    const input = [
      { role: 'user', content: 'Fix the bug in parser.ts.' },
      { role: 'assistant', content: 'I found it in line 12.' },
    ]
    const compacted = await post(demo.url, '/v1/responses/compact', { model, input })
    expect(compacted.status).toBe(200)
    const { object, output } = compacted.json as { object: string; output: JsonObject[] }
    expect(object).toBe('response.compaction')
    expect(output[0]).toEqual({
      id: expect.stringMatching(/^msg_\w+$/) as string,
      type: 'message',
      status: 'completed',
      role: 'user',
      content: [{ type: 'input_text', text: 'Fix the bug in parser.ts.' }],
    })
    expect(output.at(-1)).toMatchObject({ type: 'compaction' })

    const next = [...output, { role: 'user', content: 'Go on.' }]
    const reply = await post(demo.url, '/v1/responses', { model, input: next, store: false })
    expect(reply.status).toBe(200)
    const asked = JSON.stringify(lastBody(demo))
    expect(asked).toContain('What was said before this point')
    expect(asked).not.toContain('jetway.summary')
  })
}

test.each([true, false])(
  'a trigger is answered by one compaction item, stream %s',
  async (stream) => {
    await using demo = await startDemoGateway(recorded)
    const body = {
      model: 'gpt-5.3-codex',
      input: [{ role: 'user', content: 'Long talk.' }, { type: 'compaction_trigger' }],
      tools: [{ type: 'function', name: 'f', parameters: { type: 'object' } }],
      store: false,
      stream,
    }
    const reply = await post(demo.url, '/v1/responses', body)
    expect(reply.status).toBe(200)
    const items = stream
      ? [...reply.text.matchAll(/^event: response\.output_item\.done\ndata: (.*)$/gm)].map(
          ([, data = '']) => (JSON.parse(data) as { item: JsonObject }).item,
        )
      : (reply.json as { output: JsonObject[] }).output
    expect(items).toEqual([expect.objectContaining({ type: 'compaction' })])
    if (stream) expect(reply.text).toContain('event: response.completed')
    expect(lastBody(demo)).toMatchObject({ tool_choice: 'none' })
    expect(JSON.stringify(lastBody(demo))).not.toContain('compaction_trigger')
  },
)

test('a compaction names its model', async () => {
  await using demo = await startDemoGateway()
  const reply = await post(demo.url, '/v1/responses/compact', { input: 'a' })
  expect(reply.status).toBe(400)
  expect(reply.json).toMatchObject({
    error: { type: 'invalid_request_error', param: 'model', code: 'missing_field' },
  })
  expect(demo.emulator.control.requests.list().some(({ route }) => route === 'chat')).toBe(false)
})

test('a compaction that fails is the failure of its call', async () => {
  await using demo = await startDemoGateway()
  const body = { model: 'no-such-model', input: 'a' }
  const reply = await post(demo.url, '/v1/responses/compact', body)
  expect(reply.status).toBe(404)
  expect(reply.json).toMatchObject({ error: { code: 'model_not_found' } })
})
