import type { JsonObject } from '../../core/json.ts'

/** One administrative act. The detail says what changed, and never holds a secret. */
export interface AuditEntry {
  readonly id: string
  readonly atMs: number
  /** `master`, `key:ci`, `user:ada`, `command`. */
  readonly actor: string
  /** `key.create`, `team.update`, `seat.connect`, … */
  readonly action: string
  /** What it was done to: `key:K1`. */
  readonly subject: string
  readonly detail: JsonObject
}

export interface AuditLog {
  append(entry: AuditEntry): Promise<void>
  /** The newest first. */
  list(
    limit: number,
    cursor?: string,
  ): Promise<{ readonly entries: readonly AuditEntry[]; readonly next?: string | undefined }>
}
