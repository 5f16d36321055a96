import type { JsonObject } from '../../core/json.ts'
import type { AuditLog } from '../../policy/admin/audit.ts'
import type { Database } from '../database/open.ts'

export function createAuditLog({ query }: Database): AuditLog {
  return {
    async append({ id, atMs, actor, action, subject, detail }) {
      const row = { id, at: atMs, actor, action, subject, detail: JSON.stringify(detail) }
      await query.insertInto('audit').values(row).execute()
    },
    async list(limit, cursor) {
      let rows = query.selectFrom('audit').selectAll()
      const after = /^(\d+)\.(.+)$/s.exec(cursor ?? '')
      if (after) {
        rows = rows.where((where) =>
          where.or([
            where('at', '<', Number(after[1])),
            where.and([where('at', '=', Number(after[1])), where('id', '<', after[2] ?? '')]),
          ]),
        )
      }
      const found = await rows
        .orderBy('at', 'desc')
        .orderBy('id', 'desc')
        .limit(limit + 1)
        .execute()
      const page = found.slice(0, limit)
      const last = page.at(-1)
      return {
        entries: page.map(({ id, at, actor, action, subject, detail }) => ({
          id,
          atMs: at,
          actor,
          action,
          subject,
          detail: JSON.parse(detail) as JsonObject,
        })),
        next: found.length > limit && last ? `${last.at}.${last.id}` : undefined,
      }
    },
  }
}
