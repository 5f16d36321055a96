import { ConfigError } from '../config/problem.ts'
import { errorName, JetwayError } from '../core/errors.ts'
import type { ErrorName } from '../core/errors.ts'

export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 2,
  signIn: 3,
  configuration: 4,
  unreachable: 5,
  limit: 6,
} as const

/** A command line that cannot be understood. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** The reason of the context's signal. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted'
  readonly signalName: 'SIGINT' | 'SIGTERM'

  constructor(signalName: 'SIGINT' | 'SIGTERM') {
    super(`stopped by ${signalName}`)
    this.signalName = signalName
  }
}

/** Failed with a code that no error class stands for. */
export class ExitError extends Error {
  override readonly name = 'ExitError'
  readonly code: number

  constructor(code: number, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** Another program ended with this code, and has said why itself. */
export class ExitStatus extends Error {
  override readonly name = 'ExitStatus'
  readonly code: number

  constructor(code: number) {
    super(`ended with ${code}`)
    this.code = code
  }
}

export function exitCodeOf(error: unknown): number {
  if (error instanceof Interrupted) return error.signalName === 'SIGINT' ? 130 : 143
  if (error instanceof ExitError || error instanceof ExitStatus) return error.code
  if (error instanceof UsageError) return EXIT.usage
  if (error instanceof ConfigError) return EXIT.configuration
  if (error instanceof JetwayError) {
    if (error.code === 'invalid_configuration') return EXIT.configuration
    return BY_KIND[errorName(error)] ?? EXIT.failed
  }
  return EXIT.failed
}

const BY_KIND: Partial<Readonly<Record<ErrorName, number>>> = {
  AuthenticationError: EXIT.signIn,
  PermissionDeniedError: EXIT.signIn,
  APIConnectionError: EXIT.unreachable,
  BadGatewayError: EXIT.unreachable,
  ServiceUnavailableError: EXIT.unreachable,
  Timeout: EXIT.unreachable,
  QuotaExceededError: EXIT.limit,
  RateLimitError: EXIT.limit,
  BudgetExceededError: EXIT.limit,
}
