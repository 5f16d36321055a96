import { expect, test } from 'vitest'
import type { Caller } from '../../core/call.ts'
import { createLiveCalls } from './live-calls.ts'

const caller: Caller = { kind: 'key', keyId: 'k1', seat: 'own' }

function start(calls: ReturnType<typeof createLiveCalls>, id: string): void {
  calls.observer.started?.({ id, model: 'gpt-4o', stream: true, caller, dialect: 'chat' })
}

test('who watches too slowly is told the state anew, and nothing piles up', () => {
  const calls = createLiveCalls(() => 0)
  const watcher = calls.subscribe(() => true)
  for (let count = 0; count < 501; count++) start(calls, `call-${count}`)
  expect(watcher.take()).toBeUndefined()
  expect(watcher.open()).toHaveLength(501)
  expect(watcher.take()).toEqual([])
})

test('calls beyond the bound are not kept', () => {
  const calls = createLiveCalls(() => 0)
  for (let count = 0; count < 6_000; count++) start(calls, `call-${count}`)
  expect(calls.subscribe(() => true).open()).toHaveLength(5_000)
})

test('who has left hears no more', () => {
  const calls = createLiveCalls(() => 0)
  const watcher = calls.subscribe(() => true)
  expect(calls.subscribers).toBe(1)
  watcher.close()
  expect(calls.subscribers).toBe(0)
  start(calls, 'later')
  expect(watcher.take()).toEqual([])
})

test('a page sees what it may see', () => {
  const calls = createLiveCalls(() => 0)
  const watcher = calls.subscribe((other) => other.keyId === 'k2')
  start(calls, 'of-k1')
  expect(watcher.take()).toEqual([])
  expect(watcher.open()).toEqual([])
})
