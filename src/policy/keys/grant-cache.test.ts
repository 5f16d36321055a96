import { expect, test } from 'vitest'
import { createVirtualClock } from '../../core/virtual-clock.ts'
import { createGrantCache } from './grant-cache.ts'
import type { Grant } from './key.ts'
import type { KeyStore } from './key-store.ts'

const key = {
  id: 'k1',
  display: 'sk-…abcd',
  models: [],
  routes: [],
  limits: {},
  blocked: false,
  metadata: {},
  createdAtMs: 0,
  updatedAtMs: 0,
  version: 1,
}

test('who asks after a change gets no answer that was read before it', async () => {
  const reads: ((grant: Grant) => void)[] = []
  const store = { findGrant: () => new Promise((resolve) => reads.push(resolve)) }
  const cache = createGrantCache({
    store: store as unknown as KeyStore,
    clock: createVirtualClock(),
  })
  const before = cache.find('hash')
  // The key is blocked here, or elsewhere, while a slow database answers.
  cache.clear()
  const after = cache.find('hash')
  reads[0]?.({ key })
  reads[1]?.({ key: { ...key, blocked: true } })
  expect((await before)?.key.blocked).toBe(false)
  expect((await after)?.key.blocked).toBe(true)
})
