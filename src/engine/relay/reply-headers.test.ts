import { expect, test } from 'vitest'
import { replyHeaders } from './reply-headers.ts'

const facts = {
  requestId: 'r',
  contentType: 'application/json',
  model: 'p/m',
  wire: 'chat',
  attempts: 1,
  overheadMs: 0.96,
  degraded: [],
  permit: undefined,
  stream: false,
  length: undefined,
  nanoCredits: undefined,
}

test('figures are plain decimals', () => {
  const times = [0, 0.04, 0.96, 12.34, 1e6].map(
    (overheadMs) => replyHeaders({ ...facts, overheadMs })['x-jetway-overhead-ms'],
  )
  expect(times).toEqual(['0.0', '0.0', '1.0', '12.3', '1000000.0'])
  const costs = [0, 1, 999, 1000, 2_500_000_000].map(
    (nanoCredits) => replyHeaders({ ...facts, nanoCredits })['x-jetway-cost-credits'],
  )
  expect(costs).toEqual(['0', '0.000000001', '0.000000999', '0.000001', '2.5'])
})

test('no name can break out of its line, or grow without bound', () => {
  const headers = replyHeaders({
    ...facts,
    model: 'p/m\r\nset-cookie: a=b',
    degraded: ['ä', 'x'.repeat(5000)],
  })
  expect(headers['x-jetway-model']).toBe('p/m??set-cookie: a=b')
  expect(headers['x-jetway-degraded']).toMatch(/^\?, x+$/)
  expect(headers['x-jetway-degraded']).toHaveLength(1000)
})
