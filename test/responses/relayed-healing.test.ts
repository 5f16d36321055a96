import { expect, test } from 'vitest'
import type { JsonObject, JsonValue } from '../../src/core/json.ts'
import { startDemoGateway } from '../../src/gateway/__fixtures__/start-demo-gateway.ts'
import type { DemoGateway } from '../../src/gateway/__fixtures__/start-demo-gateway.ts'
import { post } from '../../src/gateway/__fixtures__/start-test-gateway.ts'

/*
 * Requests in the client's own form are passed on byte for byte. What an upstream refuses of them, and healing can mend, is
 * mended, sent once more and named.
 */

const LONG = `mcp__${'long_'.repeat(14)}name`
const PIXEL =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=='
const DATA = `data:image/png;base64,${PIXEL}`
const SCHEMA = { type: 'object', properties: { where: { type: 'string' } } }

interface Case {
  readonly name: string
  readonly path: string
  readonly body: JsonObject
  readonly degraded: string
  /** What must stand in the request that was accepted. */
  readonly sent: string
}

const chat = { model: 'gpt-4o', custom_member: { kept: [1, 2] } }
const messages = { model: 'claude-sonnet-4-5', max_tokens: 100 }
const responses = { model: 'gpt-5.3-codex', store: false }
const user = { role: 'user', content: 'Say hello.', name: 'ada' }
const images = (image: JsonObject): JsonValue => [
  { type: 'text', text: 'Which?' },
  ...Array.from({ length: 12 }, () => image),
]

const cases: readonly Case[] = [
  {
    name: 'chat: a call without a result',
    path: '/v1/chat/completions',
    body: {
      ...chat,
      messages: [
        user,
        {
          role: 'assistant',
          tool_calls: [{ id: 'c1', type: 'function', function: { name: 'look', arguments: '{}' } }],
        },
        user,
      ],
    },
    degraded: 'orphan_tool_calls',
    sent: '"name":"ada"',
  },
  {
    name: 'chat: a result without a call',
    path: '/v1/chat/completions',
    body: { ...chat, messages: [user, { role: 'tool', tool_call_id: 'c9', content: 'A door.' }] },
    degraded: 'orphan_tool_results',
    sent: '"custom_member":{"kept":[1,2]}',
  },
  {
    name: 'chat: a tool’s name that is too long',
    path: '/v1/chat/completions',
    body: {
      ...chat,
      messages: [{ role: 'user', content: 'Look.' }],
      tools: [
        { type: 'function', function: { name: 'other', parameters: SCHEMA, x_own: 1 } },
        { type: 'function', function: { name: LONG, parameters: SCHEMA } },
      ],
      tool_choice: { type: 'function', function: { name: LONG } },
    },
    degraded: 'tool_names',
    sent: '"x_own":1',
  },
  {
    name: 'chat: too many images',
    path: '/v1/chat/completions',
    body: {
      ...chat,
      messages: [
        user,
        { role: 'user', content: images({ type: 'image_url', image_url: { url: DATA } }) },
      ],
    },
    degraded: 'too_many_images',
    sent: '"name":"ada"',
  },
  {
    name: 'messages: a call without a result',
    path: '/v1/messages',
    body: {
      ...messages,
      messages: [
        { role: 'user', content: 'Look.' },
        {
          role: 'assistant',
          content: [{ type: 'tool_use', id: 'toolu_1', name: 'look', input: {} }],
        },
        { role: 'user', content: 'Say hello.' },
      ],
    },
    degraded: 'orphan_tool_calls',
    sent: '"is_error":true',
  },
  {
    name: 'messages: a result without a call',
    path: '/v1/messages',
    body: {
      ...messages,
      messages: [
        {
          role: 'user',
          content: [
            { type: 'tool_result', tool_use_id: 'toolu_9', content: 'A door.' },
            { type: 'text', text: 'Say hello.' },
          ],
        },
      ],
    },
    degraded: 'orphan_tool_results',
    sent: 'A door.',
  },
  {
    name: 'messages: an empty text',
    path: '/v1/messages',
    body: {
      ...messages,
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: '' },
            { type: 'text', text: 'Say hello.' },
          ],
        },
      ],
    },
    degraded: 'empty_content',
    sent: 'Say hello.',
  },
  {
    name: 'messages: an empty turn',
    path: '/v1/messages',
    body: {
      ...messages,
      messages: [
        { role: 'user', content: 'Say hello.' },
        { role: 'assistant', content: '' },
        { role: 'user', content: 'Go on.' },
      ],
    },
    degraded: 'empty_content',
    sent: 'Say hello.',
  },
  {
    name: 'messages: too many images',
    path: '/v1/messages',
    body: {
      ...messages,
      messages: [
        {
          role: 'user',
          content: images({
            type: 'image',
            source: { type: 'base64', media_type: 'image/png', data: PIXEL },
          }),
        },
      ],
    },
    degraded: 'too_many_images',
    sent: 'An image was left out',
  },
  {
    name: 'responses: a call without a result',
    path: '/v1/responses',
    body: {
      ...responses,
      input: [
        { type: 'function_call', call_id: 'c1', name: 'look', arguments: '{}' },
        { role: 'user', content: 'Say hello.' },
      ],
    },
    degraded: 'orphan_tool_calls',
    sent: 'function_call_output',
  },
  {
    name: 'responses: a result without a call',
    path: '/v1/responses',
    body: {
      ...responses,
      input: [
        { type: 'function_call_output', call_id: 'c9', output: 'A door.' },
        { role: 'user', content: 'Say hello.' },
      ],
    },
    degraded: 'orphan_tool_results',
    sent: 'A door.',
  },
  {
    name: 'responses: a tool’s name that is too long',
    path: '/v1/responses',
    body: {
      ...responses,
      input: 'Look.',
      tools: [{ type: 'function', name: LONG, parameters: SCHEMA, strict: false }],
      tool_choice: { type: 'function', name: LONG },
    },
    degraded: 'tool_names',
    sent: '"tool_choice"',
  },
]

const recorded = { emulator: { recordBodies: true } }

function asked({ emulator }: DemoGateway) {
  return emulator.control.requests
    .list()
    .filter(({ route }) => ['chat', 'responses', 'messages'].includes(route))
}

for (const stream of [false, true]) {
  test.each(cases)(`$name is mended, stream ${stream}`, async (one) => {
    await using demo = await startDemoGateway(recorded)
    const reply = await post(demo.url, one.path, { ...one.body, stream })
    expect([reply.status, reply.headers['x-jetway-degraded']]).toEqual([200, one.degraded])
    expect(asked(demo).map(({ status }) => status)).toEqual([400, 200])
    expect(reply.headers['x-jetway-attempts']).toBe('2')
    expect(JSON.stringify(asked(demo)[1]?.body)).toContain(one.sent)
    // The mended turn is still whose it was: a refusal costs nothing.
    expect(new Set(asked(demo).map(({ initiator }) => initiator)).size).toBe(1)
    if (one.degraded === 'tool_names') {
      expect(reply.text).toContain(LONG)
      expect(JSON.stringify(asked(demo)[1]?.body)).not.toContain(LONG)
    }
  })

  test.each(cases)(
    `$name stays refused where strictness is asked for, stream ${stream}`,
    async (one) => {
      await using demo = await startDemoGateway()
      const reply = await post(
        demo.url,
        one.path,
        { ...one.body, stream },
        { 'x-jetway-fidelity': 'strict' },
      )
      expect(reply.status).toBe(400)
      expect(asked(demo)).toHaveLength(1)
    },
  )
}

test.each([
  ['nothing to mend', { ...chat, messages: [user], temperature: 'hot' }],
  ['a body that cannot be read', { ...chat, messages: [{ role: 'nobody', content: 'a' }] }],
])('%s is refused once, in the upstream’s words', async (_name, body) => {
  await using demo = await startDemoGateway(recorded)
  const reply = await post(demo.url, '/v1/chat/completions', body)
  expect(reply.status).toBe(400)
  expect(reply.json).toMatchObject({ error: { code: 'invalid_request_body' } })
  expect(asked(demo)).toHaveLength(1)
})

test('a refusal that healing does not help is told after one more try', async () => {
  await using demo = await startDemoGateway(recorded)
  const body = {
    ...chat,
    top_logprobs: 99,
    messages: [user, { role: 'tool', tool_call_id: 'c9', content: 'A door.' }],
  }
  const reply = await post(demo.url, '/v1/chat/completions', body)
  expect(reply.status).toBe(400)
  expect(asked(demo).map(({ status }) => status)).toEqual([400, 400])
})
