import { expect } from 'vitest'
import type { ErrorName } from '../../../core/errors.ts'
import { errorName } from '../../../core/errors.ts'
import type { Failure, Mend, Refusal } from '../../../core/upstream.ts'
import { readCopilotFailure } from '../read-failure.ts'
import type { FailureContext } from '../read-failure.ts'

export const NOW = 1_790_000_000_000

const context: FailureContext = {
  nowMs: NOW,
  acceptPolicies: false,
  openPolicy: () => undefined,
  hasOtherWire: () => false,
}

export function read(
  status: number,
  body: unknown,
  more: Partial<Refusal> & { readonly context?: Partial<FailureContext> } = {},
): Failure {
  const text = typeof body === 'string' ? body : `${JSON.stringify(body)}\n`
  const { context: changes, ...refusal } = more
  return readCopilotFailure(
    { status, headers: {}, body: text, wire: 'chat', model: 'm', requestId: 'r', ...refusal },
    { ...context, ...changes },
  )
}

export const coded = (
  code: string | number,
  message = 'as it says',
  more: object = {},
): object => ({
  error: { message, code, ...more },
})

export interface Row {
  readonly name: string
  readonly status: number
  readonly body: unknown
  readonly kind: ErrorName
  readonly answered?: number
  readonly code?: string | RegExp
  readonly message?: RegExp
  readonly mend?: Mend['kind']
}

/** What one answer of the table has to mean. */
export function expectMeaning(row: Row): void {
  const { error, mend } = read(row.status, row.body)
  expect(errorName(error)).toBe(row.kind)
  expect(error).toMatchObject({ llm_provider: 'github_copilot', model: 'm', request_id: 'r' })
  expect(error.message).not.toBe('')
  expect(mend?.kind).toBe(row.mend)
  if (row.answered !== undefined) expect(error.status).toBe(row.answered)
  if (row.code !== undefined) expect(error.code).toMatch(row.code)
  if (row.message !== undefined) expect(error.message).toMatch(row.message)
}
