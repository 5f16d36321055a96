import { expect, test } from 'vitest'
import { ERROR_TABLE, errorName } from './core/errors.ts'
import * as jetway from './index.ts'

test('every failure a caller can see can be caught by its class', () => {
  for (const [name, { status }] of Object.entries(ERROR_TABLE)) {
    const Kind = jetway[name as keyof typeof ERROR_TABLE]
    const error = new Kind('it failed')
    expect(errorName(error)).toBe(name)
    expect(error.status).toBe(status)
    expect(error).toBeInstanceOf(Kind)
    expect(error).toBeInstanceOf(jetway.JetwayError)
  }
})

test('the functions by their names', () => {
  const functions = Object.entries(jetway).filter(([name]) => !(name in ERROR_TABLE))
  expect(functions.map(([name, value]) => [name, typeof value]).sort()).toEqual(
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
  )
})
