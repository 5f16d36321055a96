import type { Server } from './server.ts'

/** One requirement that a server of a dialect must meet, and where it is written. */
export interface Check {
  /** As `messages.stream.order`. */
  readonly id: string
  readonly requirement: string
  /** The public document, with its section. */
  readonly source: string
  /** Rejects with an `Unmet` that says what was found instead, or with a `NotApplicable`. */
  readonly run: (server: Server) => Promise<void>
}

export type DialectToCheck = 'messages' | 'gemini' | 'chat' | 'responses' | 'ollama'

export interface CheckResult {
  readonly id: string
  readonly requirement: string
  readonly source: string
  readonly outcome: 'passed' | 'failed' | 'skipped'
  /** Why it failed or was skipped. */
  readonly detail?: string | undefined
  readonly durationMs: number
}

/** The server does not do what it must. */
export class Unmet extends Error {
  override readonly name = 'Unmet'
}

/** The requirement binds only servers or models that have a feature, and this one says it has not. */
export class NotApplicable extends Error {
  override readonly name = 'NotApplicable'
}

export function need(condition: boolean, otherwise: string): asserts condition {
  if (!condition) throw new Unmet(otherwise)
}
