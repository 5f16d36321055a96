import * as z from 'zod'
import { OWN_SEAT, type SeatId } from '../../core/call.ts'
import { NotFoundError } from '../../core/errors.ts'
import { compareQuota, periodStartOf, type SeatQuota } from '../../policy/admin/compare-quota.ts'
import type { SeatService } from '../../policy/seats/seat-service.ts'
import type { Ledger } from '../../store/index.ts'
import { adminRoute, type AdminRoute } from './admin-route.ts'
import { requireAdministrator } from './who.ts'

/** GitHub's word on a seat's quota. */
export type AskQuota = (seat: SeatId, signal: AbortSignal) => Promise<SeatQuota>

export function quotaRoutes(options: {
  readonly ask: AskQuota
  readonly ledger: Ledger
  readonly seats: SeatService | undefined
  readonly now: () => number
}): readonly AdminRoute[] {
  const { ask, ledger, seats, now } = options
  return [
    adminRoute({
      method: 'GET',
      path: '/spend/quota',
      summary:
        'GitHub’s own quota of a seat beside what the ledger counts for it, and why they differ',
      may: 'owner',
      query: () =>
        z.strictObject({
          user_id: z.string().min(1).max(200).optional().describe('For administrators: whose seat'),
        }),
      async handle({ query, who, signal }) {
        const userId = query.user_id ?? who.userId
        if (userId !== who.userId || userId === undefined) requireAdministrator(who)
        const seat = userId === undefined ? OWN_SEAT : (await seats?.ofUser(userId))?.id
        if (seat === undefined) {
          throw new NotFoundError(`the user ${userId ?? ''} has no seat connected`, {
            code: 'seat_not_found',
            param: 'user_id',
          })
        }
        const quota = await ask(seat, signal)
        const since = periodStartOf(quota, now())
        // Calls without a user are those that the gateway's own sign-in pays.
        const [sums] = await ledger.summarize([], { fromDay: since, userId: userId ?? '' })
        return compareQuota(quota, sums ?? { calls: 0, nanoCredits: 0n }, since)
      },
    }),
  ]
}
