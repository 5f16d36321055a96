import * as z from 'zod'
import {
  BadRequestError,
  PermissionDeniedError,
  ServiceUnavailableError,
} from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import type { SeatService } from '../../policy/seats/seat-service.ts'
import type { Seat } from '../../policy/seats/seat.ts'
import { adminRoute, type AdminRoute } from './admin-route.ts'
import { pageOf, wholePageSchema } from './paging.ts'
import { requireAdministrator, type Who } from './who.ts'

const user = () => z.string().min(1).max(200).optional().describe('For administrators: whose seat')
const host = () =>
  z
    .string()
    .regex(/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/, 'a host name: `github.com`, `acme.ghe.com`')

/** Which GitHub a seat may be at. */
export interface GitHubHosts {
  /** Where one is that names none. */
  readonly usual: () => string
  /** Servers of one's own that the operator allows. */
  readonly allowed: readonly string[]
}

/** A person connects the own GitHub seat: start, show the code, poll until it is done. */
export function seatRoutes(
  seats: SeatService | undefined,
  hosts: GitHubHosts,
): readonly AdminRoute[] {
  const service = (): SeatService => {
    if (seats) return seats
    throw new ServiceUnavailableError(
      'seats cannot be connected: set JETWAY_SEAL_KEY, with which their tokens are encrypted (openssl rand -base64 32)',
      { code: 'no_seal_key' },
    )
  }
  return [
    adminRoute({
      method: 'POST',
      path: '/seats/connect/start',
      summary: 'Begin to connect one’s GitHub Copilot seat: gives the code to enter at GitHub',
      may: 'owner',
      writes: true,
      body: () => z.strictObject({ user_id: user(), host: host().optional() }),
      handle: async ({ body, who, signal }) => ({
        ...(await service().start(userOf(body.user_id, who), hostOf(body.host, hosts), signal)),
      }),
    }),
    adminRoute({
      method: 'POST',
      path: '/seats/connect/poll',
      summary:
        'Whether it is done: `pending`, `slow_down`, `expired`, `denied`, `no_copilot_seat`, `connected`',
      may: 'owner',
      body: () => z.strictObject({ user_id: user(), flow_handle: z.string().min(1).max(10_000) }),
      handle: async ({ body, who, signal }) => ({
        ...(await service().poll(userOf(body.user_id, who), body.flow_handle, signal)),
      }),
    }),
    adminRoute({
      method: 'GET',
      path: '/seats',
      summary: 'Seats and their state; without the role, one’s own',
      may: 'owner',
      query: wholePageSchema,
      async handle({ who, query }) {
        if (who.administrator) {
          const { rows, next } = pageOf(await service().list(), ({ id }) => id, query)
          return { seats: rows.map(seatAnswer), next: next ?? null }
        }
        const own = who.userId === undefined ? undefined : await service().ofUser(who.userId)
        return { seats: own ? [seatAnswer(own)] : [], next: null }
      },
    }),
    adminRoute({
      method: 'POST',
      path: '/seats/reseal',
      summary: 'Encrypt every token with the first of the seal keys, after it was changed',
      may: 'administrator',
      writes: true,
      handle: async () => ({ resealed: await service().reseal() }),
    }),
    adminRoute({
      method: 'DELETE',
      path: '/seats/:user',
      summary:
        'Disconnect a seat: its token is deleted here. At GitHub it is revoked in the settings',
      may: 'owner',
      writes: true,
      async handle({ params, who }) {
        const name = params['user'] ?? ''
        if (name !== who.userId) requireAdministrator(who)
        return seatAnswer(await service().disconnect(name, who.actor))
      },
    }),
  ]
}

/** The gateway calls the host that is named here, so a member may name GitHub's own only, or one that the operator has allowed. */
function hostOf(asked: string | undefined, { usual, allowed }: GitHubHosts): string {
  const host = asked ?? usual()
  if (host === usual() || host === 'github.com' || /^[a-z0-9-]+\.ghe\.com$/.test(host)) return host
  if (allowed.includes(host)) return host
  throw new BadRequestError(
    `seats cannot be at ${host}: whoever runs this gateway allows it with JETWAY_GITHUB_HOSTS`,
    { code: 'host_not_allowed', param: 'host' },
  )
}

/** The key's own user; an administrator may act for another. */
function userOf(asked: string | undefined, who: Who): string {
  if (asked !== undefined && asked !== who.userId && !who.administrator) {
    throw new PermissionDeniedError('only administrators connect a seat for another user', {
      code: 'administrator_needed',
      param: 'user_id',
    })
  }
  const name = asked ?? who.userId
  if (name !== undefined) return name
  throw new BadRequestError(
    'this key belongs to no user, and a seat is a user’s: use a key with a user_id, or name the user',
    { code: 'no_user', param: 'user_id' },
  )
}

function seatAnswer(seat: Seat): JsonObject {
  return {
    seat_id: seat.id,
    user_id: seat.userId ?? null,
    kind: seat.kind,
    host: seat.host,
    github_login: seat.githubLogin ?? null,
    plan: seat.plan ?? null,
    status: seat.state === 'no-seat' ? 'no_copilot_seat' : seat.state,
    detail: seat.detail ?? null,
    connected_at: new Date(seat.createdAtMs).toISOString(),
    updated_at: new Date(seat.updatedAtMs).toISOString(),
  }
}
