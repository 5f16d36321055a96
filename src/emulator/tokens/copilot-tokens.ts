import { timingSafeEqual } from 'node:crypto'
import type { Account } from '../accounts/account.ts'
import { isUnlimited, remainingOf } from '../accounts/account.ts'
import type { Sealer } from '../seal.ts'
import type { ShiftedClock } from '../shifted-clock.ts'

/** The short-lived token of the exchange: `key=value;…:<mac>`. */
interface CopilotToken {
  readonly value: string
  readonly login: string
  readonly expiresAt: number
}

type CopilotTokenCheck =
  | { readonly state: 'valid'; readonly login: string }
  | { readonly state: 'expired'; readonly login: string }
  | { readonly state: 'forged' }

export interface CopilotTokens {
  issue(account: Account, lifetimeSeconds: number): CopilotToken
  check(value: string): CopilotTokenCheck
  /** Every token issued so far is expired from now on, whatever it says itself. */
  expireAll(): void
  reset(): void
}

/** Tokens long past their end are forgotten above this many, so that a bench does not grow for ever. */
const REMEMBERED = 5000

export function createCopilotTokens(sealer: Sealer, clock: ShiftedClock): CopilotTokens {
  const issued = new Map<string, { login: string; expiresAt: number }>()

  return {
    issue(account, lifetimeSeconds) {
      const now = clock.nowSeconds()
      const expiresAt = now + lifetimeSeconds
      const tid = sealer.nextHex(32)
      const grammar = tokenText(account, tid, expiresAt)
      if (issued.size >= REMEMBERED) {
        const oldest = issued.keys().next().value
        if (oldest !== undefined) issued.delete(oldest)
      }
      issued.set(tid, { login: account.login, expiresAt })
      return { value: `${grammar}:${sealer.mac(grammar)}`, login: account.login, expiresAt }
    },
    check(value) {
      const at = value.lastIndexOf(':')
      const text = at === -1 ? value : value.slice(0, at)
      const mac = Buffer.from(at === -1 ? '' : value.slice(at + 1))
      const expected = Buffer.from(sealer.mac(text))
      if (mac.length !== expected.length || !timingSafeEqual(mac, expected)) {
        return { state: 'forged' }
      }
      const tid = /^tid=([0-9a-f]+)/.exec(text)?.[1] ?? ''
      const known = issued.get(tid)
      if (!known) return { state: 'forged' }
      const state = known.expiresAt <= clock.nowSeconds() ? 'expired' : 'valid'
      return { state, login: known.login }
    },
    expireAll() {
      for (const token of issued.values()) token.expiresAt = 0
    },
    reset() {
      issued.clear()
    },
  }
}

function tokenText(account: Account, tid: string, expiresAt: number): string {
  const pairs: string[] = [
    `tid=${tid}`,
    `exp=${expiresAt}`,
    `sku=${account.sku}`,
    `proxy-ep=proxy.${account.host}.githubcopilot.com`,
    'st=dotcom',
    'chat=1',
    'cit=1',
    'malfil=1',
    'agent_mode=1',
    'mcp=1',
    '8kp=1',
    'ip=203.0.113.7',
    'asn=AS64500',
  ]
  if (account.organizations.length > 0) pairs.push(`ol=${tid.slice(0, 16)}`)
  const chat = account.quotas.chat
  if (!isUnlimited(chat)) {
    pairs.push(`cq=${Math.floor(remainingOf(chat))}`, `rd=${resetSeconds(account)}`)
  }
  return pairs.join(';')
}

/** When the account's quota starts again, in Unix seconds. */
export function resetSeconds(account: Account): number {
  return Math.floor(Date.parse(`${account.quotaResetDate}T00:00:00Z`) / 1000)
}
