import type { Clock } from '../../core/clock.ts'
import type { PromptKeeper, Teams } from '../../policy/index.ts'
import type { AuditLog } from '../../policy/admin/audit.ts'
import type { Ledger } from '../../store/index.ts'
import type { OwnRoute } from '../own/own-route.ts'
import { ownRouteFrom, type AdminRoute } from './admin-route.ts'
import { auditRoutes } from './audit-routes.ts'
import { keyRoutes } from './key-routes.ts'
import { quotaRoutes, type AskQuota } from './quota-routes.ts'
import { memberRoutes } from './member-routes.ts'
import { seatRoutes, type GitHubHosts } from './seat-routes.ts'
import { spendRoutes } from './spend-routes.ts'
import { stopRoutes } from './stop-routes.ts'

export interface AdminOptions {
  readonly teams: Pick<Teams, 'administration' | 'seats' | 'onlyOnce' | 'stops'>
  readonly ledger: Ledger
  readonly prompts?: Pick<PromptKeeper, 'find'> | undefined
  readonly audit: AuditLog
  readonly hosts: GitHubHosts
  readonly quota: AskQuota
  readonly clock: Clock
}

/** Everything of administration: the one table that routing, checking and `/openapi.json` read. */
export function adminRoutes({
  teams,
  ledger,
  prompts,
  audit,
  hosts,
  quota,
  clock,
}: AdminOptions): readonly OwnRoute[] {
  const table: readonly AdminRoute[] = [
    ...keyRoutes(teams.administration),
    ...memberRoutes(teams.administration, teams.seats),
    ...seatRoutes(teams.seats, hosts),
    ...stopRoutes(teams.stops, teams.seats),
    ...spendRoutes(ledger, { prompts, audit, clock }),
    ...quotaRoutes({ ask: quota, ledger, seats: teams.seats, now: () => clock.now() }),
    ...auditRoutes(audit),
  ]
  return table.map((route) => ownRouteFrom(route, teams.onlyOnce))
}
