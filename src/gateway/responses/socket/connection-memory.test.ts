import { expect, test } from 'vitest'
import { createConnectionMemory } from './connection-memory.ts'

const user = { role: 'user', content: 'x'.repeat(100) }
const budget = (maxBytes = 10_000) => ({ bytes: 0, maxBytes })

test('a conversation is what was said and what was answered, without ids', () => {
  const memory = createConnectionMemory(budget(), { maxResponses: 2, maxBytes: 10_000 })
  memory.remember([user], { id: 'resp_1', output: [{ id: 'msg_1', type: 'message' }] })
  expect(memory.find('resp_1')).toEqual([user, { type: 'message' }])
  expect(memory.find('resp_2')).toBeUndefined()
})

test('reasoning is remembered with its seal, and forgotten without', () => {
  const memory = createConnectionMemory(budget(), { maxResponses: 2, maxBytes: 10_000 })
  const sealed = { type: 'reasoning', summary: [], encrypted_content: '' }
  const open = { type: 'reasoning', summary: [], encrypted_content: null }
  memory.remember([user], { id: 'a', output: [sealed, open, { type: 'reasoning' }] })
  expect(memory.find('a')).toEqual([user, sealed])
})

test.each([
  ['count', 100_000, { maxResponses: 2, maxBytes: 10_000 }],
  ['bytes', 100_000, { maxResponses: 9, maxBytes: 300 }],
  ['the bytes of all', 300, { maxResponses: 9, maxBytes: 10_000 }],
])('the oldest go by %s', (_name, maxBytes, bounds) => {
  const all = budget(maxBytes)
  const memory = createConnectionMemory(all, bounds)
  for (const id of ['a', 'b', 'c']) memory.remember([user], { id, output: [] })
  expect(memory.find('a')).toBeUndefined()
  expect(memory.find('b')).toBeDefined()
  expect(memory.find('c')).toBeDefined()
  memory.clear()
  expect(all.bytes).toBe(0)
  expect(memory.find('c')).toBeUndefined()
})

test('one that is larger than the bound is not remembered, and takes none of the room', () => {
  const all = budget()
  const memory = createConnectionMemory(all, { maxResponses: 2, maxBytes: 200 })
  memory.remember([user, user], { id: 'a', output: [] })
  expect(memory.find('a')).toBeUndefined()
  expect(all.bytes).toBe(0)
})
