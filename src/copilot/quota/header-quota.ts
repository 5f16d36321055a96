import type { ResponseHeaders } from '../../core/upstream.ts'
import type { Quota, QuotaSnapshot, UsageLimit } from './quota.ts'

/** Names, and their headers in full: a name that is put together is looked up anew each time, with every call. */
const SNAPSHOTS = [
  ['premium_interactions', 'x-quota-snapshot-premium_interactions'],
  ['premium_models', 'x-quota-snapshot-premium_models'],
  ['chat', 'x-quota-snapshot-chat'],
  ['completions', 'x-quota-snapshot-completions'],
] as const
const LIMITS = [
  ['session', 'x-usage-ratelimit-session'],
  ['weekly', 'x-usage-ratelimit-weekly'],
] as const

/** What calls' answers say of the seat's quota. Kept as text: it is read rarely, and written with every call. */
export interface HeaderQuota {
  observe(headers: ResponseHeaders, nowMs: number): void
  /** The account's word, with what answers have said since. */
  mergeInto(quota: Quota): Quota
  /** What answers have said, and nothing else. */
  said(): Pick<Quota, 'snapshots' | 'limits'>
}

const UNKNOWN: Quota = {
  login: undefined,
  plan: undefined,
  sku: undefined,
  tokenBasedBilling: false,
  resetsAt: undefined,
  snapshots: {},
  limits: {},
}

interface Seen {
  readonly text: string
  readonly at: number
}

export function createHeaderQuota(): HeaderQuota {
  const snapshots = new Map<string, Seen>()
  const limits = new Map<string, Seen>()

  return {
    said() {
      return this.mergeInto(UNKNOWN)
    },
    observe(headers, nowMs) {
      for (const [name, header] of SNAPSHOTS) {
        const text = headers[header]
        if (text !== undefined) snapshots.set(name, { text, at: nowMs })
      }
      for (const [name, header] of LIMITS) {
        const text = headers[header]
        if (text !== undefined) limits.set(name, { text, at: nowMs })
      }
    },
    mergeInto(quota) {
      const merged: Record<string, QuotaSnapshot> = { ...quota.snapshots }
      for (const [name, seen] of snapshots) {
        const known = merged[name]
        if (known && known.observedAtMs > seen.at) continue
        const snapshot = readSnapshot(seen)
        if (snapshot) merged[name] = snapshot
      }
      const windows: Record<string, UsageLimit> = { ...quota.limits }
      for (const [name, seen] of limits) {
        const limit = readLimit(seen)
        if (limit) windows[name] = limit
      }
      return { ...quota, snapshots: merged, limits: windows }
    },
  }
}

/** `ent=300&ov=0.0&ovPerm=false&rem=31.3&rst=2026-10-01T00%3A00%3A00Z`; `rem` is in percent. */
function readSnapshot({ text, at }: Seen): QuotaSnapshot | undefined {
  const fields = new URLSearchParams(text)
  const entitlement = numberOf(fields, 'ent')
  const percent = numberOf(fields, 'rem')
  if (entitlement === undefined || percent === undefined) return undefined
  const unlimited = entitlement < 0
  return {
    unlimited,
    entitlement: unlimited ? undefined : entitlement,
    remaining: unlimited ? undefined : (entitlement * percent) / 100,
    percentRemaining: unlimited ? 100 : percent,
    overageUsed: numberOf(fields, 'ov') ?? 0,
    overagePermitted: fields.get('ovPerm') === 'true',
    resetsAt: fields.get('rst') ?? undefined,
    source: 'header',
    observedAtMs: at,
  }
}

function readLimit({ text, at }: Seen): UsageLimit | undefined {
  const fields = new URLSearchParams(text)
  const percentRemaining = numberOf(fields, 'rem')
  if (percentRemaining === undefined) return undefined
  const resetsAt = fields.get('rst') ?? undefined
  return { entitlement: numberOf(fields, 'ent'), percentRemaining, resetsAt, observedAtMs: at }
}

function numberOf(fields: URLSearchParams, name: string): number | undefined {
  const text = fields.get(name)
  const value = Number(text ?? Number.NaN)
  return text !== '' && Number.isFinite(value) ? value : undefined
}
