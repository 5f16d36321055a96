import * as z from 'zod'
import { BadRequestError, NotFoundError } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import type { AnomalyStop, SeatService, Stop } from '../../policy/index.ts'
import { adminRoute, type AdminRoute } from './admin-route.ts'
import { pageOf, wholePageSchema } from './paging.ts'
import type { Who } from './who.ts'

const name = () => z.string().min(1).max(300)

/** What the anomaly stop has stopped, and how a person lets it go on. */
export function stopRoutes(
  stops: AnomalyStop,
  seats: SeatService | undefined,
): readonly AdminRoute[] {
  /** Another's stop looks like none at all. */
  const visible = async (who: Who): Promise<readonly Stop[]> => {
    const all = await stops.list()
    if (who.administrator || all.length === 0) return all
    const own = who.userId === undefined ? undefined : (await seats?.ofUser(who.userId))?.id
    return all.filter((stop) => own !== undefined && stop.seat === own)
  }
  return [
    adminRoute({
      method: 'GET',
      path: '/seats/stops',
      summary:
        'Seats and keys that ran wild and are stopped; without the role, those on one’s seat',
      may: 'owner',
      query: wholePageSchema,
      async handle({ who, query }) {
        const { rows, next } = pageOf(await visible(who), ({ scope }) => scope, query)
        return { stops: rows.map(stopAnswer), next: next ?? null }
      },
    }),
    adminRoute({
      method: 'POST',
      path: '/seats/resume',
      summary:
        'Lift a stop, after a person has looked: by `scope`, by seat, or by the id of a key; without any, the only one there is',
      may: 'owner',
      writes: true,
      body: () =>
        z.strictObject({
          scope: name().optional().describe('As `/seats/stops` lists it: `seat:own`, `key:…`'),
          seat_id: name().optional(),
          key_id: name().optional(),
        }),
      async handle({ body, who }) {
        const stop = chosen(await visible(who), scopeOf(body))
        if (!(await stops.resume(stop.scope, who.actor))) throw noStop(stop.scope)
        return { resumed: stopAnswer(stop) }
      },
    }),
  ]
}

function scopeOf(body: {
  readonly scope?: string | undefined
  readonly seat_id?: string | undefined
  readonly key_id?: string | undefined
}): string | undefined {
  const named = [
    body.scope,
    body.seat_id === undefined ? undefined : `seat:${body.seat_id}`,
    body.key_id === undefined ? undefined : `key:${body.key_id}`,
  ].filter((scope) => scope !== undefined)
  if (named.length <= 1) return named[0]
  throw new BadRequestError('name one of scope, seat_id and key_id', { code: 'invalid_value' })
}

function chosen(stops: readonly Stop[], scope: string | undefined): Stop {
  const stop = scope === undefined ? stops[0] : stops.find((candidate) => candidate.scope === scope)
  if (!stop) throw noStop(scope)
  if (scope === undefined && stops.length > 1) {
    throw new BadRequestError(
      `${stops.length} are stopped: name the scope of one, such as ${stop.scope}`,
      { code: 'invalid_value', param: 'scope' },
    )
  }
  return stop
}

function noStop(scope: string | undefined): NotFoundError {
  return new NotFoundError(
    scope === undefined
      ? 'nothing of yours is stopped'
      : `${scope.slice(0, 100)} is not stopped, or not yours`,
    { code: 'stop_not_found', param: 'scope' },
  )
}

export function stopAnswer({ scope, seat, reason, detail, atMs }: Stop): JsonObject {
  return { scope, seat_id: seat, reason, detail, stopped_at: new Date(atMs).toISOString() }
}
