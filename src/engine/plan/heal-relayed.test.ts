import { expect, test } from 'vitest'
import type { Dialect, Wire } from '../../core/dialect.ts'
import type { JsonObject } from '../../core/json.ts'
import type { WireName } from '../../core/model.ts'
import { dialects, wires } from '../../dialects/index.ts'
import { tinyModel } from '../__fixtures__/tiny-upstream.ts'
import { healRelayed } from './heal-relayed.ts'

const NO_PATH = { params: {}, query: new Map<string, string>() }

function healOf(name: WireName, body: JsonObject, vendor = 'OpenAI') {
  const dialect = dialects.get(name) as Dialect
  const wire = wires.get(name) as Wire
  if (dialect.operation !== 'generate') throw new Error(`${name} does not answer`)
  const conversation = dialect.decodeRequest(body, NO_PATH)
  return healRelayed(body, conversation, wire, tinyModel('m', { vendor }))
}

const call = { id: 'c1', type: 'function', function: { name: 'look', arguments: '{ }' } }
const first = { role: 'user', content: 'a', name: 'ada', x_own: 1 }

test('what is in order is not touched', () => {
  expect(healOf('chat', { model: 'm', messages: [first] })).toBeUndefined()
  expect(healOf('responses', { model: 'm', input: 'a' })).toBeUndefined()
  const messages = [{ role: 'user', content: [{ type: 'text', text: 'a' }] }]
  expect(healOf('messages', { model: 'm', max_tokens: 1, messages })).toBeUndefined()
})

test('only what healing changed is printed anew, the rest stays the client’s own', () => {
  const assistant = { role: 'assistant', tool_calls: [call], x_own: 2 }
  const twin = { role: 'user', content: 'a', x_own: 3 }
  const healing = healOf('chat', { model: 'm', messages: [first, assistant, twin], seed: 1 })
  expect(Object.fromEntries(healing?.members ?? [])).toEqual({
    messages: [
      first,
      assistant,
      { role: 'tool', tool_call_id: 'c1', content: 'No result: the call was interrupted.' },
      twin,
    ],
  })
  expect(healing).toMatchObject({ degraded: ['orphan_tool_calls'], restore: undefined })
})

test('a prompt that the encoder puts elsewhere goes along as a whole', () => {
  const shell = { type: 'function', name: 'shell', parameters: {} }
  const healing = healOf('responses', {
    model: 'm',
    input: [
      { type: 'additional_tools', role: 'developer', tools: [shell] },
      { role: 'developer', content: 'Be brief.' },
      { role: 'user', content: 'a' },
      { type: 'function_call', call_id: 'c1', name: 'shell', arguments: '{}' },
      { role: 'user', content: 'b' },
    ],
  })
  const members = Object.fromEntries(healing?.members ?? [])
  expect(members).toMatchObject({ tools: [shell] })
  const said = JSON.stringify(members)
  expect(said.match(/Be brief\./g)).toHaveLength(1)
  expect(said).toContain('the call was interrupted')
})

test('empty pieces that an encoder leaves out by itself are left out', () => {
  const content = [
    { type: 'text', text: '' },
    { type: 'text', text: 'a' },
  ]
  const healing = healOf('messages', {
    model: 'm',
    max_tokens: 1,
    messages: [{ role: 'user', content }],
  })
  expect(healing?.members.get('messages')).toEqual([
    { role: 'user', content: [{ type: 'text', text: 'a' }] },
  ])
})

test('names are mapped with a way back, unless several answers are asked for', () => {
  const tools = [{ type: 'function', function: { name: 'a'.repeat(80), parameters: {} } }]
  const body = { model: 'm', messages: [first], tools }
  const healing = healOf('chat', body)
  expect([...(healing?.members.keys() ?? [])]).toEqual(['tools'])
  expect(healing?.restore).toBeDefined()
  expect(healOf('chat', { ...body, n: 2 })).toBeUndefined()
})

test('custom tools become functions where the vendor has none', () => {
  const tools = [{ type: 'custom', custom: { name: 'patch' } }]
  const body = { model: 'm', messages: [first], tools }
  expect(healOf('chat', body)).toBeUndefined()
  expect(healOf('chat', body, 'Anthropic')).toMatchObject({ degraded: ['custom_tools'] })
})
