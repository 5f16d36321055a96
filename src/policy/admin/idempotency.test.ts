import { expect, test } from 'vitest'
import { createVirtualClock } from '../../core/virtual-clock.ts'
import { createSeal, createSealKey } from '../seats/seal.ts'
import { createOnlyOnce, type IdempotencyStore } from './idempotency.ts'

function house() {
  const rows = new Map<string, { fingerprint: string; answer: string | undefined }>()
  const state = { cannotFinish: false, done: 0 }
  const store: IdempotencyStore = {
    begin(id, fingerprint) {
      const row = rows.get(id)
      if (row) return Promise.resolve(row)
      rows.set(id, { fingerprint, answer: undefined })
      return Promise.resolve('begun')
    },
    finish(id, answer) {
      if (state.cannotFinish) return Promise.reject(new Error('the database is away'))
      const row = rows.get(id)
      if (row) row.answer = answer
      return Promise.resolve()
    },
    forget(id) {
      rows.delete(id)
      return Promise.resolve()
    },
  }
  const once = createOnlyOnce({
    store,
    clock: createVirtualClock(),
    seal: createSeal(createSealKey()),
  })
  const write = (content = 'body', fails = false) =>
    once.run({ actor: 'master', key: 'k', content }, () => {
      state.done++
      return fails ? Promise.reject(new Error('no')) : Promise.resolve({ key: `sk-${state.done}` })
    })
  return { state, rows, write }
}

test('done once, answered the same, and what is kept of it is sealed', async () => {
  const { state, rows, write } = house()
  expect(await write()).toEqual({ key: 'sk-1' })
  expect(await write()).toEqual({ key: 'sk-1' })
  expect(state.done).toBe(1)
  expect(JSON.stringify([...rows])).not.toContain('sk-1')
  await expect(write('another body')).rejects.toMatchObject({ status: 422 })
})

test('a write that failed may be sent again', async () => {
  const { state, write } = house()
  await expect(write('body', true)).rejects.toThrow('no')
  expect(await write()).toEqual({ key: 'sk-2' })
  expect(state.done).toBe(2)
})

test('a write that was done is not done again because its answer could not be kept', async () => {
  const { state, write } = house()
  state.cannotFinish = true
  expect(await write()).toEqual({ key: 'sk-1' })
  await expect(write()).rejects.toMatchObject({ status: 409, code: 'idempotent_write_running' })
  expect(state.done).toBe(1)
})
