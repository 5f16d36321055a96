import type { JsonObject } from '../../core/json.ts'
import type { AuditLog } from '../../policy/admin/audit.ts'
import { adminRoute, type AdminRoute } from './admin-route.ts'
import { pageSchema } from './paging.ts'

export function auditRoutes(audit: AuditLog): readonly AdminRoute[] {
  return [
    adminRoute({
      method: 'GET',
      path: '/audit',
      summary: 'Who did what, the newest first',
      may: 'administrator',
      query: pageSchema,
      async handle({ query }) {
        const { entries, next } = await audit.list(query.limit, query.cursor)
        const answers = entries.map(({ id, atMs, actor, action, subject, detail }): JsonObject => ({
          id,
          at: new Date(atMs).toISOString(),
          actor,
          action,
          subject,
          detail,
        }))
        return { entries: answers, next: next ?? null }
      },
    }),
  ]
}
