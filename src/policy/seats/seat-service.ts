import { randomUUID } from 'node:crypto'
import type { SeatId } from '../../core/call.ts'
import type { Clock } from '../../core/clock.ts'
import { BadRequestError, NotFoundError, ServiceUnavailableError } from '../../core/errors.ts'
import type { AuditLog } from '../admin/audit.ts'
import type { Seal } from './seal.ts'
import type { Seat, SeatState, SeatStore } from './seat.ts'

/** GitHub's side of connecting, as the Copilot room does it. */
export interface SeatConnector {
  start(host: string, signal: AbortSignal): Promise<StartedFlow>
  poll(flow: StartedFlow, signal: AbortSignal): Promise<PolledFlow>
  /** Whose token it is, and whether it has an entitlement: asked once, on connecting. The token is that of `seat` meanwhile. */
  inspect(seat: SeatId, signal: AbortSignal): Promise<Inspected>
}

/** What the polls need. Kept sealed in the handle that the client gives back, so that any replica can go on. */
export interface StartedFlow {
  readonly host: string
  readonly deviceCode: string
  readonly userCode: string
  readonly verificationUri: string
  readonly expiresAtMs: number
  readonly intervalMs: number
}

export type PolledFlow =
  | { readonly state: 'pending' | 'slow-down'; readonly intervalMs: number }
  | { readonly state: 'expired' | 'denied' }
  | { readonly state: 'done'; readonly token: string }

export interface Inspected {
  readonly githubLogin?: string | undefined
  readonly plan?: string | undefined
  readonly entitled: boolean
  /** GitHub's reason where it is not. */
  readonly detail?: string | undefined
}

/** What calls on a seat are made with. */
export interface GitHubToken {
  readonly token: string
  readonly host: string
  readonly login?: string | undefined
  /** Milliseconds since 1970, where another follows it then. */
  readonly expiresAtMs?: number | undefined
}

export interface ConnectStart {
  readonly user_code: string
  readonly verification_uri: string
  readonly expires_in: number
  readonly interval: number
  readonly flow_handle: string
}

export interface ConnectStatus {
  readonly status: 'pending' | 'slow_down' | 'expired' | 'denied' | 'no_copilot_seat' | 'connected'
  readonly interval?: number | undefined
  readonly github_login?: string | undefined
  readonly plan?: string | undefined
  readonly detail?: string | undefined
}

export interface SeatServiceOptions {
  readonly store: SeatStore
  readonly seal: Seal
  readonly connector: SeatConnector
  readonly audit: AuditLog
  readonly clock: Clock
  readonly onChange: () => void
  /** A seat is no more, or its token is not: what else is known of it no longer counts. */
  readonly onGone?: ((seat: SeatId) => void) | undefined
}

/** How many people may be connecting in the same moment, in this process. */
const MOST_PENDING = 1_000

/** Connects people's own GitHub seats to their users, and hands a seat's token to whoever makes its calls, to nobody else. */
export function createSeatService(options: SeatServiceOptions) {
  const { store, seal, connector, audit, clock, onChange } = options
  const gone = options.onGone ?? (() => {})
  /** Tokens being looked at, before it is known whether they stay. */
  const pending = new Map<SeatId, GitHubToken>()

  const note = async (actor: string, action: string, seat: Seat): Promise<void> => {
    const detail = {
      user: seat.userId ?? null,
      host: seat.host,
      login: seat.githubLogin ?? null,
      state: seat.state,
    }
    await audit.append({
      id: randomUUID(),
      atMs: clock.now(),
      actor,
      action,
      subject: `seat:${seat.id}`,
      detail,
    })
    onChange()
  }

  return {
    async start(userId: string, host: string, signal: AbortSignal): Promise<ConnectStart> {
      const flow = await connector.start(host, signal)
      const handle = seal.seal(JSON.stringify(flow), `flow:${userId}`)
      return {
        user_code: flow.userCode,
        verification_uri: flow.verificationUri,
        expires_in: Math.max(0, Math.round((flow.expiresAtMs - clock.now()) / 1000)),
        interval: Math.ceil(flow.intervalMs / 1000),
        flow_handle: `${handle.keyId}.${handle.box}`,
      }
    },

    async poll(userId: string, handle: string, signal: AbortSignal): Promise<ConnectStatus> {
      const flow = openHandle(handle, userId)
      if (flow.expiresAtMs <= clock.now()) return { status: 'expired' }
      const polled = await connector.poll(flow, signal)
      switch (polled.state) {
        case 'pending':
          return { status: 'pending', interval: Math.ceil(polled.intervalMs / 1000) }
        case 'slow-down':
          return { status: 'slow_down', interval: Math.ceil(polled.intervalMs / 1000) }
        case 'expired':
        case 'denied':
          return { status: polled.state }
        case 'done':
          return this.connect(userId, flow.host, polled.token, `user:${userId}`, signal)
      }
    },

    /** Connects a token that is already there: an organisation's, or one given by its owner. */
    async connect(
      userId: string | undefined,
      host: string,
      token: string,
      actor: string,
      signal: AbortSignal,
    ): Promise<ConnectStatus> {
      const inspected = await inspect({ token, host }, signal)
      const before = userId === undefined ? undefined : await store.findByUser(userId)
      const now = clock.now()
      const seat: Seat = {
        // A new one each time: no process can go on with what it knows of the old.
        id: `seat_${randomUUID()}`,
        userId,
        kind: userId === undefined ? 'service' : 'person',
        host,
        githubLogin: inspected.githubLogin,
        plan: inspected.plan,
        state: inspected.entitled ? 'connected' : 'no-seat',
        detail: inspected.detail,
        createdAtMs: now,
        updatedAtMs: now,
        version: 1,
      }
      // Without an entitlement there is nothing to call with, and so nothing to keep.
      await store.save(seat, inspected.entitled ? seal.seal(token, seat.id) : undefined)
      if (before) gone(before.seat.id)
      await note(actor, 'seat.connect', seat)
      return {
        status: inspected.entitled ? 'connected' : 'no_copilot_seat',
        github_login: seat.githubLogin,
        plan: seat.plan,
        detail: seat.detail,
      }
    },

    /** The token of a connected seat; `undefined` when there is none to call with. */
    async token(seatId: SeatId): Promise<GitHubToken | undefined> {
      const looked = pending.get(seatId)
      if (looked) return looked
      const stored = await store.find(seatId)
      if (!stored?.sealed || stored.seat.state !== 'connected') return undefined
      const { host, githubLogin } = stored.seat
      return { token: seal.open(stored.sealed, seatId), host, login: githubLogin }
    },

    async find(seatId: SeatId): Promise<Seat | undefined> {
      return (await store.find(seatId))?.seat
    },

    /** GitHub refused the token: its keys stop here, and the person is told to connect again. */
    async markRevoked(seatId: string, detail: string): Promise<void> {
      await setState(seatId, 'revoked', detail)
    },

    async ofUser(userId: string): Promise<Seat | undefined> {
      return (await store.findByUser(userId))?.seat
    },

    list: () => store.list(),

    async disconnect(userId: string, actor: string): Promise<Seat> {
      const found = await store.findByUser(userId)
      if (!found) {
        throw new NotFoundError(`the user ${userId} has no seat connected`, {
          code: 'seat_not_found',
        })
      }
      await store.delete(found.seat.id)
      gone(found.seat.id)
      await note(actor, 'seat.disconnect', found.seat)
      return found.seat
    },

    /** Seals every token with the current key; run it after a new key was put in front. Returns how many it changed. */
    async reseal(): Promise<number> {
      const ids = await store.sealedOtherwise(seal.currentKey)
      for (const id of ids) {
        const stored = await store.find(id)
        if (!stored?.sealed) continue
        const token = seal.open(stored.sealed, id)
        await store.reseal(id, stored.sealed.keyId, seal.seal(token, id))
      }
      return ids.length
    },
  }

  async function inspect(token: GitHubToken, signal: AbortSignal): Promise<Inspected> {
    if (pending.size >= MOST_PENDING) {
      throw new ServiceUnavailableError('too many seats are being connected: try again', {
        retry_after: 5,
      })
    }
    const seat = `pending_${randomUUID()}`
    pending.set(seat, token)
    try {
      return await connector.inspect(seat, signal)
    } finally {
      pending.delete(seat)
      gone(seat)
    }
  }

  async function setState(seatId: string, state: SeatState, detail: string): Promise<void> {
    const found = await store.find(seatId)
    if (!found || found.seat.state === state) return
    await store.setState(seatId, state, detail, clock.now())
    gone(seatId)
    await note('gateway', `seat.${state}`, { ...found.seat, state })
  }

  function openHandle(handle: string, userId: string): StartedFlow {
    const dot = handle.indexOf('.')
    try {
      const text = seal.open(
        { keyId: handle.slice(0, dot), box: handle.slice(dot + 1) },
        `flow:${userId}`,
      )
      return JSON.parse(text) as StartedFlow
    } catch (cause) {
      throw new BadRequestError(
        'this flow_handle is not one of yours: start the connection again',
        {
          code: 'invalid_flow_handle',
          param: 'flow_handle',
          cause,
        },
      )
    }
  }
}

export type SeatService = ReturnType<typeof createSeatService>
