import { expect, test } from 'vitest'
import { ERROR_TABLE, errorName } from './core/errors.ts'
import * as jetway from './index.ts'

const EXPORTS: ReadonlyMap<string, unknown> = new Map(Object.entries(jetway))

test('every failure a caller can see can be caught by its class', () => {
  for (const [name, { status }] of Object.entries(ERROR_TABLE)) {
    const Kind = EXPORTS.get(name) as typeof jetway.JetwayError
    const error = new Kind('it failed')
    expect(errorName(error)).toBe(name)
    expect(error.status).toBe(status)
    expect(error).toBeInstanceOf(Kind)
    expect(error).toBeInstanceOf(jetway.JetwayError)
  }
})

test('the functions by their names', () => {
  const functions = [...EXPORTS].filter(([name]) => !(name in ERROR_TABLE))
  expect(Object.fromEntries(functions.map(([name, value]) => [name, typeof value]))).toEqual(
    Object.fromEntries(
      [
        'completion',
        'createCopilot',
        'createCopilotFetch',
        'embedding',
        'getQuota',
        'listModels',
        'messages',
        'responses',
        'streamChunkBuilder',
      ].map((name) => [name, 'function']),
    ),
  )
})
