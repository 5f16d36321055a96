import { describe, expect, test } from 'vitest'
import type { AdmissionRequest, Permit } from '../../core/admission.ts'
import type { Caller } from '../../core/call.ts'
import { DEFAULT_ANOMALY, DEFAULT_SETTINGS } from '../../core/default-settings.ts'
import type { CallRecord } from '../../core/ledger.ts'
import { silentLog } from '../../core/log.ts'
import type { AnomalySettings } from '../../core/settings.ts'
import { createVirtualClock } from '../../core/virtual-clock.ts'
import type { AuditEntry } from '../admin/audit.ts'
import { createAnomalyStop, type AnomalyStop } from './anomaly-stop.ts'
import type { Stop, StopStore } from './stop.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const CREDIT = 1_000_000_000

/** What replicas share. */
class SharedStops implements StopStore {
  readonly rows = new Map<string, Stop>()
  away = false
  reads = 0
  async list() {
    this.reads++
    await this.#answer()
    return [...this.rows.values()]
  }
  async put(stop: Stop) {
    await this.#answer()
    if (!this.rows.has(stop.scope)) this.rows.set(stop.scope, stop)
  }
  async delete(scope: string) {
    await this.#answer()
    return this.rows.delete(scope)
  }
  #answer(): Promise<void> {
    return this.away ? Promise.reject(new Error('away')) : Promise.resolve()
  }
}

interface Guarded {
  admit(request: AdmissionRequest): Promise<Permit>
}

function world(changes: Partial<AnomalySettings> = {}, store = new SharedStops()) {
  const clock = createVirtualClock()
  const audit: AuditEntry[] = []
  const settings = { ...DEFAULT_SETTINGS.limits, anomaly: { ...DEFAULT_ANOMALY, ...changes } }
  const lines: string[] = []
  const open = (): AnomalyStop & { readonly guarded: Guarded } => {
    const made = createAnomalyStop({
      store,
      audit: {
        append: (entry) => {
          audit.push(entry)
          return Promise.resolve()
        },
        list: () => Promise.resolve({ entries: audit }),
      },
      changes: { announce: () => {}, onChange: () => {} },
      settings: () => settings,
      clock,
      log: {
        ...silentLog,
        error: (message, fields) => lines.push(`${message} ${JSON.stringify(fields)}`),
      },
    })
    const inner = made.guard({ admit: () => ({ headers: {}, queuedMs: 0, settle: () => {} }) })
    const guarded = { admit: async (request: AdmissionRequest) => inner.admit(request) }
    return Object.assign(made, { guarded })
  }
  return { clock, store, audit, lines, open, stops: open() }
}

const OWN: Caller = { kind: 'open', seat: 'own' }
const KEY: Caller = { kind: 'key', keyId: 'K1', seat: 'seat_1' }

function requestOf(caller: Caller, text = 'hi', provider = 'github_copilot'): AdmissionRequest {
  const bytes = Buffer.from(JSON.stringify({ messages: [{ role: 'user', content: text }] }))
  const call = { caller, body: { bytes, json: {} }, dialect: 'chat', operation: 'generate' }
  return { call, provider, model: {} } as unknown as AdmissionRequest
}

function recordOf(caller: Caller, changes: Partial<CallRecord> = {}, credits = 0): CallRecord {
  const cost = { nanoCredits: credits * CREDIT, source: 'upstream', savedNanoCredits: 0 } as const
  return { caller, provider: 'github_copilot', status: 200, cost, ...changes } as CallRecord
}

const refused = (message: string): Partial<CallRecord> => ({
  status: 403,
  cost: undefined,
  error: { name: 'PermissionDeniedError', message },
})

describe('a request that comes over and over', () => {
  test('stops the seat, says how to lift it, and lets everything through until then', async () => {
    const { clock, stops, lines, audit } = world({ identicalRequests: 40 })
    for (let call = 1; call < 40; call++) {
      await stops.guarded.admit(requestOf(OWN))
      await clock.advance(5 * SECOND)
    }
    await expect(stops.guarded.admit(requestOf(OWN))).rejects.toMatchObject({
      status: 429,
      code: 'seat_stopped',
      headers: { 'x-should-retry': 'false' },
      message: expect.stringMatching(/40 times.*`jetway seats resume seat:own`/) as string,
      body: { scope: 'seat:own', reason: 'repeats' },
    })
    // Anything else on that seat, too, and not only this request; nothing elsewhere.
    await expect(stops.guarded.admit(requestOf(OWN, 'other'))).rejects.toThrow(/was stopped at/)
    await stops.guarded.admit(requestOf(KEY))
    expect(stops.inForce).toBe(1)
    expect(stops.set.get('repeats')).toBe(1)
    expect(lines).toHaveLength(1)
    expect(lines[0]).toContain('jetway seats resume seat:own')
    await clock.advance(0)
    expect(audit).toMatchObject([{ actor: 'gateway', action: 'seat.stop', subject: 'seat:own' }])

    expect(await stops.resume('seat:own', 'user:ada')).toMatchObject({ reason: 'repeats' })
    expect(audit.at(-1)).toMatchObject({ actor: 'user:ada', action: 'seat.resume' })
    await stops.guarded.admit(requestOf(OWN))
    expect(stops.inForce).toBe(0)
    expect(await stops.resume('seat:own', 'user:ada')).toBeUndefined()
  })

  test('is the key’s doing where there is one: the seat goes on', async () => {
    const { stops } = world({ identicalRequests: 10 })
    for (let call = 1; call < 10; call++) await stops.guarded.admit(requestOf(KEY))
    await expect(stops.guarded.admit(requestOf(KEY))).rejects.toMatchObject({ code: 'key_stopped' })
    await stops.guarded.admit(requestOf({ ...KEY, keyId: 'K2' }))
  })

  test('is none when it comes seldom, differs in one place, or goes elsewhere', async () => {
    const { clock, stops } = world({ identicalRequests: 10 })
    for (let call = 0; call < 60; call++) {
      await stops.guarded.admit(requestOf(OWN, 'seldom'))
      await clock.advance(2 * MINUTE)
    }
    const long = 'x'.repeat(40_000)
    for (let call = 0; call < 60; call++) {
      const at = 1000 + call * 97
      await stops.guarded.admit(requestOf(OWN, `${long.slice(0, at)}y${long.slice(at + 1)}`))
      await stops.guarded.admit(requestOf(OWN, 'hi', 'litellm_proxy'))
    }
    expect(stops.inForce).toBe(0)
  })
})

describe('spending', () => {
  test('above the ceiling within an hour stops; the same over a day does not', async () => {
    const { clock, stops } = world({ creditsPerHour: 1000, timesUsual: 0 })
    for (let call = 0; call < 240; call++) {
      stops.observer.finished?.(recordOf(OWN, {}, 15))
      await clock.advance(MINUTE)
    }
    expect(stops.inForce).toBe(0)
    for (let call = 0; call < 10; call++) stops.observer.finished?.(recordOf(OWN, {}, 15))
    await expect(stops.guarded.admit(requestOf(OWN))).rejects.toThrow(
      /\d+ credits within an hour; the ceiling is 1000/,
    )
  })

  test('far above the usual stops, once there is a usual', async () => {
    const { clock, stops } = world()
    const burst = (): void => {
      for (let call = 0; call < 60; call++) stops.observer.finished?.(recordOf(OWN, {}, 10))
    }
    // The first hours are the warm-up: as much at once is nothing to compare with.
    burst()
    expect(stops.inForce).toBe(0)
    await clock.advance(2 * HOUR)
    for (let minute = 0; minute < 6 * 60; minute++) {
      stops.observer.finished?.(recordOf(OWN, {}, 0.5))
      await clock.advance(MINUTE)
    }
    burst()
    expect(stops.inForce).toBe(1)
    expect((await stops.list())[0]?.detail).toMatch(
      /60\d credits within ten minutes, where \d+ are usual/,
    )
    // A person who says that this is right is not asked again at once.
    await stops.resume('seat:own', 'master')
    burst()
    expect(stops.inForce).toBe(0)
  })

  test('a person with many keys has one account; an organisation’s seat has many people', async () => {
    const { stops } = world({ creditsPerHour: 100 })
    for (let key = 0; key < 5; key++) {
      stops.observer.finished?.(recordOf({ ...KEY, keyId: `K${key}` }, {}, 30))
      stops.observer.finished?.(recordOf({ ...KEY, keyId: `S${key}`, seat: 'service' }, {}, 30))
    }
    expect((await stops.list()).map(({ scope }) => scope)).toEqual(['seat:seat_1'])
  })
})

describe('what GitHub says of abuse', () => {
  test.each([
    ['You have exceeded a secondary rate limit. Please wait a few minutes.'],
    ['You have triggered an abuse detection mechanism.'],
    ['Your account was flagged for suspicious activity'],
  ])('three times %j stops the seat, for all its keys', async (message) => {
    const { stops } = world()
    for (let call = 0; call < 3; call++) {
      expect(stops.inForce).toBe(0)
      stops.observer.finished?.(recordOf(KEY, refused(message)))
    }
    await expect(stops.guarded.admit(requestOf({ ...KEY, keyId: 'K2' }))).rejects.toMatchObject({
      code: 'seat_stopped',
      body: { reason: 'abuse' },
    })
  })

  test('usual limits are no abuse, and three words in an hour neither', async () => {
    const { clock, stops } = world()
    for (let call = 0; call < 100; call++) {
      stops.observer.finished?.(
        recordOf(KEY, {
          ...refused('Sorry, you have exceeded your weekly rate limit.'),
          status: 429,
        }),
      )
      stops.observer.finished?.(recordOf(KEY, refused('access to this endpoint is forbidden')))
    }
    for (let call = 0; call < 3; call++) {
      stops.observer.finished?.(recordOf(KEY, refused('abuse detection')))
      await clock.advance(20 * MINUTE)
    }
    expect(stops.inForce).toBe(0)
  })
})

describe('a stop', () => {
  const loop = async (guarded: Guarded, caller: Caller): Promise<void> => {
    for (let call = 0; call < 10; call++) {
      await guarded.admit(requestOf(caller)).catch(() => undefined)
    }
  }

  test('outlives a restart, and reaches the other replicas within a second, as does its end', async () => {
    const { clock, stops, open } = world({ identicalRequests: 10 })
    const replica = open()
    await replica.guarded.admit(requestOf(OWN))
    await loop(stops.guarded, OWN)
    const restarted = open()
    await expect(restarted.guarded.admit(requestOf(OWN))).rejects.toThrow(/was stopped/)
    await clock.advance(2 * SECOND)
    await replica.guarded.admit(requestOf(KEY))
    await clock.advance(0)
    await expect(replica.guarded.admit(requestOf(OWN))).rejects.toThrow(/was stopped/)

    await restarted.resume('seat:own', 'master')
    for (const each of [stops, replica]) {
      await clock.advance(2 * SECOND)
      await each.guarded.admit(requestOf(KEY))
      await clock.advance(0)
      await each.guarded.admit(requestOf(OWN))
    }
  })

  test('holds while the store is away, and is written when it is back', async () => {
    const { clock, store, stops } = world({ identicalRequests: 10 })
    await stops.guarded.admit(requestOf(KEY))
    store.away = true
    await loop(stops.guarded, OWN)
    await expect(stops.guarded.admit(requestOf(OWN))).rejects.toThrow(/was stopped/)
    await clock.advance(2 * SECOND)
    await expect(stops.guarded.admit(requestOf(OWN))).rejects.toThrow(/was stopped/)
    expect(store.rows.size).toBe(0)
    store.away = false
    await clock.advance(2 * SECOND)
    await expect(stops.guarded.admit(requestOf(OWN))).rejects.toThrow(/was stopped/)
    await clock.advance(0)
    expect([...store.rows.keys()]).toEqual(['seat:own'])
  })

  test('asks the store once a second at most, and calls do not wait for it', async () => {
    const { clock, store, stops } = world()
    for (let call = 0; call < 1000; call++) await stops.guarded.admit(requestOf(OWN, `${call}`))
    expect(store.reads).toBe(1)
    await clock.advance(2 * SECOND)
    for (let call = 0; call < 1000; call++) await stops.guarded.admit(requestOf(OWN, `${call}`))
    expect(store.reads).toBe(2)
  })

  test('is never set where it is switched off, nor where each threshold is 0', async () => {
    for (const changes of [
      { enabled: false, identicalRequests: 2, creditsPerHour: 1, abuseSignals: 1 },
      { identicalRequests: 0, creditsPerHour: 0, timesUsual: 0, abuseSignals: 0 },
    ]) {
      const { stops } = world(changes)
      await loop(stops.guarded, OWN)
      stops.observer.finished?.(recordOf(OWN, {}, 1_000_000))
      stops.observer.finished?.(recordOf(OWN, refused('abuse')))
      expect(stops.inForce).toBe(0)
    }
  })
})
