import { expect, test } from 'vitest'
import type { JsonObject } from '../../src/core/json.ts'
import { startDemoGateway } from '../../src/gateway/__fixtures__/start-demo-gateway.ts'
import type { DemoGateway } from '../../src/gateway/__fixtures__/start-demo-gateway.ts'
import { post } from '../../src/gateway/__fixtures__/start-test-gateway.ts'

/* A schema asked for in chat's words reaches a model that holds to it, whatever its wires make of it. */

const schema: JsonObject = {
  type: 'object',
  properties: { city: { type: 'string' }, degrees: { type: 'integer' } },
  required: ['city', 'degrees'],
  additionalProperties: false,
}
const response_format = { type: 'json_schema', json_schema: { name: 'weather', schema } }
const messages = [{ role: 'user', content: 'How is the weather in Paris?' }]

function ask(demo: DemoGateway, model: string, extra: JsonObject = {}) {
  const body = { model, messages, response_format, ...extra }
  return post(demo.url, '/v1/chat/completions', body)
}

function contentOf(json: unknown): unknown {
  const { choices } = json as { choices: { message: { content: string } }[] }
  return JSON.parse(choices[0]?.message.content ?? '')
}

test.each([
  ['claude-sonnet-4.6', 'messages'],
  ['gpt-4o', 'chat'],
  ['gpt-5.4', 'responses'],
])('%s answers by the schema, over %s', async (model, wire) => {
  await using demo = await startDemoGateway()
  const reply = await ask(demo, model)
  expect(reply.status).toBe(200)
  expect(reply.headers['x-jetway-wire']).toBe(wire)
  expect(reply.headers['x-jetway-degraded'] ?? '').not.toContain('response_format')
  expect(contentOf(reply.json)).toEqual({
    city: expect.any(String) as string,
    degrees: expect.any(Number) as number,
  })
})

test('streamed, too', async () => {
  await using demo = await startDemoGateway()
  const reply = await ask(demo, 'claude-sonnet-4.6', { stream: true })
  expect(reply.headers['x-jetway-wire']).toBe('messages')
  const text = [...reply.text.matchAll(/^data: (\{.*)$/gm)]
    .map(([, data = '']) => JSON.parse(data) as { choices: { delta: { content?: string } }[] })
    .map(({ choices }) => choices[0]?.delta.content ?? '')
    .join('')
  expect(JSON.parse(text)).toMatchObject({ degrees: expect.any(Number) as number })
})

test('without a schema, or for several answers, chat stays chat', async () => {
  await using demo = await startDemoGateway()
  const plain = await ask(demo, 'claude-sonnet-4.6', { response_format: { type: 'text' } })
  expect(plain.headers['x-jetway-wire']).toBe('chat')
  const several = await ask(demo, 'claude-sonnet-4.6', { n: 2 })
  expect(several.headers['x-jetway-wire']).toBe('chat')
  expect(several.headers['x-jetway-degraded']).toContain('response_format')
})

test('a model that takes no schema is told in words, which is named', async () => {
  await using demo = await startDemoGateway({ emulator: { recordBodies: true } })
  const reply = await ask(demo, 'claude-haiku-4.5')
  expect(reply.headers['x-jetway-wire']).toBe('messages')
  expect(reply.headers['x-jetway-degraded']).toBe('json_schema')
  const asked = demo.emulator.control.requests.list().at(-1)?.body
  expect(JSON.stringify(asked)).toContain('valid by this JSON Schema')
})
