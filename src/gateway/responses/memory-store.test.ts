import { expect, test } from 'vitest'
import type { StoredResponse } from '../../core/response-store.ts'
import { createMemoryResponseStore } from './memory-store.ts'

const BOUNDS = { maxCount: 3, maxBytes: 100 }

function response(id: string, owner: string, createdAt = 1, body = '{}'): StoredResponse {
  return { id, owner, createdAt, expiresAt: createdAt + 1000, body }
}

test('gives back what was saved, to its owner, within its time, until it is removed', async () => {
  const store = createMemoryResponseStore()
  const saved = response('a', 'ada', 5)
  await store.save(saved, BOUNDS)
  expect(await store.find('a', 'ada', 10)).toBe(saved)
  expect(await store.find('a', 'bob', 10)).toBeUndefined()
  expect(await store.remove('a', 'bob', 10)).toBe(false)
  expect(await store.find('a', 'ada', 1005)).toBeUndefined()
  await store.save(saved, BOUNDS)
  expect(await store.remove('a', 'ada', 10)).toBe(true)
  expect(await store.find('a', 'ada', 10)).toBeUndefined()
})

test('the oldest go, by count, by bytes and over all owners', async () => {
  const store = createMemoryResponseStore(150)
  for (const at of [1, 2, 3, 4]) await store.save(response(`a${at}`, 'ada', at), BOUNDS)
  expect(await store.find('a1', 'ada', 5)).toBeUndefined()
  expect(await store.find('a2', 'ada', 5)).toBeDefined()
  // Ninety of the hundred bytes: only two of the small ones stay beside it.
  await store.save(response('a5', 'ada', 5, 'x'.repeat(45)), BOUNDS)
  expect(await store.find('a3', 'ada', 6)).toBeDefined()
  expect(await store.find('a2', 'ada', 6)).toBeUndefined()
  await store.save(response('b1', 'bob', 6, 'x'.repeat(45)), BOUNDS)
  expect(await store.find('a5', 'ada', 7)).toBeUndefined()
  expect(await store.find('b1', 'bob', 7)).toBeDefined()
  await store.save(response('b2', 'bob', 7, 'x'.repeat(51)), BOUNDS)
  expect(await store.find('b2', 'bob', 8)).toBeUndefined()
})
