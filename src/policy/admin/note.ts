import { randomUUID } from 'node:crypto'
import type { Clock } from '../../core/clock.ts'
import type { JsonObject } from '../../core/json.ts'
import type { AuditLog } from './audit.ts'

export type Note = (
  actor: string,
  action: string,
  subject: string,
  detail: JsonObject,
) => Promise<void>

/** Tells every process of a change, then writes down who made it. */
export function createNote(options: {
  readonly audit: AuditLog
  readonly clock: Clock
  readonly onChange: () => void
}): Note {
  const { audit, clock, onChange } = options
  return async (actor, action, subject, detail) => {
    onChange()
    await audit.append({ id: randomUUID(), atMs: clock.now(), actor, action, subject, detail })
  }
}
