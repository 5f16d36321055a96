import { describe, expect, test, vi } from 'vitest'
import * as errors from './errors.ts'

const classes = Object.entries(errors).filter(
  ([, value]) => typeof value === 'function' && 'kind' in value,
) as unknown as [errors.ErrorName, typeof errors.JetwayError][]

describe('errors', () => {
  test('every row of the table has its class, and every class its row', () => {
    expect(classes.map(([name]) => name).sort()).toEqual(Object.keys(errors.ERROR_TABLE).sort())
  })

  for (const [name, Kind] of classes) {
    test(`${name} says its name, its status and what it is`, () => {
      const error = new Kind('what is wrong', { request_id: 'r1', code: 'c' })
      expect(error).toMatchObject({
        name,
        message: 'what is wrong',
        status: errors.ERROR_TABLE[name].status,
        request_id: 'r1',
        code: 'c',
      })
      expect(error).toBeInstanceOf(Kind)
      expect(error).toBeInstanceOf(errors.JetwayError)
      expect(error).toBeInstanceOf(Error)
      expect(errors.errorName(error)).toBe(name)
    })
  }

  test('a subclass is its parent, and not the other way round', () => {
    expect(new errors.ContextWindowExceededError('x')).toBeInstanceOf(errors.BadRequestError)
    expect(new errors.BadRequestError('x')).not.toBeInstanceOf(errors.ContextWindowExceededError)
    expect(new errors.RateLimitError('x')).not.toBeInstanceOf(errors.BadRequestError)
  })

  test('holds across two copies of the package', async () => {
    vi.resetModules()
    const other = await import('./errors.ts')
    expect(other.RateLimitError).not.toBe(errors.RateLimitError)
    expect(new other.RateLimitError('x')).toBeInstanceOf(errors.RateLimitError)
    expect(new other.RateLimitError('x')).not.toBeInstanceOf(errors.AuthenticationError)
  })

  test('more can be said of an error without changing what it is', () => {
    const cause = new Error('socket')
    const error = errors.withDetails(new errors.Timeout('slow', { cause, status: 408 }), {
      request_id: 'r2',
      model: undefined,
    })
    expect(error).toBeInstanceOf(errors.Timeout)
    expect(error).toMatchObject({ status: 408, request_id: 'r2', cause, message: 'slow' })
  })

  test.each([
    [401, 'AuthenticationError'],
    [418, 'BadRequestError'],
    [429, 'RateLimitError'],
    [504, 'Timeout'],
    [599, 'InternalServerError'],
  ])('status %i is a %s and keeps its number', (status, name) => {
    const error = errors.errorFromStatus(status, 'x')
    expect(errors.errorName(error)).toBe(name)
    expect(error.status).toBe(status)
  })
})
