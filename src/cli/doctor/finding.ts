import type { CommandContext } from '../command.ts'
import type { LocalGateway } from '../gateway/local-gateway.ts'

/** What one check came to; `mend` says what to do about it. */
export interface Finding {
  readonly check: string
  /** `problem`: calls fail, or will. `warning`: worth a look. `unknown`: it could not be found out. */
  readonly state: 'good' | 'warning' | 'problem' | 'unknown'
  readonly detail: string
  readonly mend?: string
  /** The exit code that this problem alone would give. @default 1 */
  readonly code?: number
}

/** Everything a check may look at. */
export interface Patient extends Pick<CommandContext, 'environment' | 'signal' | 'version'> {
  /** Where the gateway would listen; absent when the configuration cannot be read. */
  readonly local: LocalGateway | undefined
}

export const good = (check: string, detail: string): Finding => ({ check, state: 'good', detail })

export const warning = (check: string, detail: string, mend: string): Finding => ({
  check,
  state: 'warning',
  detail,
  mend,
})

export const problem = (check: string, detail: string, mend: string, code?: number): Finding => ({
  check,
  state: 'problem',
  detail,
  mend,
  ...(code === undefined ? {} : { code }),
})

export const unknown = (check: string, detail: string): Finding => ({
  check,
  state: 'unknown',
  detail,
})

export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
