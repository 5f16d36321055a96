import { NANO, isUnlimited, remainingOf } from '../accounts/account.ts'
import type { Account, UsageLimit } from '../accounts/account.ts'
import type { CatalogueModel } from '../catalogue/entry.ts'

interface Bill {
  /** Billionths of a premium request. */
  readonly premiumNano: number
  readonly nanoAiu: number
}

export interface Totals extends Bill {
  readonly requests: number
}

/** What every account was billed since the last reset. */
export interface Ledger {
  /** Adds a served call to the account's quotas and to the totals. */
  charge(account: Account, call: ChargedCall): Bill
  totals(): Record<string, Totals>
  reset(): void
}

interface ChargedCall {
  readonly model: CatalogueModel
  readonly initiator: 'user' | 'agent'
  readonly nanoAiu: number
  /** From auto mode; 0.1 takes a tenth off. */
  readonly discount: number
}

export function createLedger(): Ledger {
  const totals = new Map<string, Totals>()
  return {
    charge(account, call) {
      const premiumNano = account.tokenBasedBilling ? 0 : premiumPrice(call)
      const quotas = account.quotas
      if (account.tokenBasedBilling) quotas.premium_interactions.usedNano += call.nanoAiu
      else quotas.premium_interactions.usedNano += premiumNano
      if (!isUnlimited(quotas.chat) && call.initiator === 'user') quotas.chat.usedNano += NANO
      for (const limit of [account.limits.session, account.limits.weekly]) {
        if (limit) limit.usedNano += call.nanoAiu
      }
      const before = totals.get(account.login) ?? { requests: 0, premiumNano: 0, nanoAiu: 0 }
      totals.set(account.login, {
        requests: before.requests + 1,
        premiumNano: before.premiumNano + premiumNano,
        nanoAiu: before.nanoAiu + call.nanoAiu,
      })
      return { premiumNano, nanoAiu: call.nanoAiu }
    },
    totals: () => Object.fromEntries(totals),
    reset() {
      totals.clear()
    },
  }
}

function premiumPrice(call: ChargedCall): number {
  if (call.initiator === 'agent') return 0
  return Math.round(call.model.entry.billing.multiplier * (1 - call.discount) * NANO)
}

export type QuotaRefusal = 'premium' | 'chat' | 'session' | 'weekly'

/** Why the call may not be served now, or `undefined` when it may. */
export function quotaRefusal(
  account: Account,
  model: CatalogueModel,
  initiator: 'user' | 'agent',
): QuotaRefusal | undefined {
  const { chat, premium_interactions: premium } = account.quotas
  if (isSpent(account.limits.session)) return 'session'
  if (isSpent(account.limits.weekly)) return 'weekly'
  if (initiator === 'user' && !isUnlimited(chat) && remainingOf(chat) <= 0) {
    if (!chat.overagePermitted) return 'chat'
  }
  const costs =
    account.tokenBasedBilling || (initiator === 'user' && model.entry.billing.multiplier > 0)
  const spent = !isUnlimited(premium) && remainingOf(premium) <= 0 && !premium.overagePermitted
  return costs && spent ? 'premium' : undefined
}

function isSpent(limit: UsageLimit | undefined): boolean {
  return limit !== undefined && limit.usedNano >= limit.entitlement * NANO
}
