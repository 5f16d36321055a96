import type { ShiftedClock } from '../shifted-clock.ts'
import { accountFromInput } from './account.ts'
import type { Account, AccountInput } from './account.ts'

/** Everyone the emulator knows. */
export interface AccountBook {
  put(input: AccountInput): Account
  get(login: string): Account | undefined
  /** The account, or an error that names those that exist. */
  require(login?: string): Account
  remove(login: string): boolean
  list(): Account[]
  reset(): void
}

export function createAccountBook(
  initial: readonly AccountInput[],
  clock: ShiftedClock,
): AccountBook {
  const accounts = new Map<string, Account>()

  const put = (input: AccountInput): Account => {
    if (typeof input.login !== 'string' || input.login === '') {
      throw new TypeError('an account needs a login, such as {"login":"octo"}')
    }
    const account = accountFromInput(input, firstOfNextMonth(clock.now()))
    accounts.set(account.login, account)
    return account
  }
  const reset = (): void => {
    accounts.clear()
    for (const input of initial) put(input)
  }
  reset()

  return {
    put,
    get: (login) => accounts.get(login),
    require(login) {
      const account = login === undefined ? accounts.values().next().value : accounts.get(login)
      if (account) return account
      const known = [...accounts.keys()].join(', ') || 'none'
      throw new TypeError(`account '${login ?? ''}' does not exist; known accounts: ${known}`)
    },
    remove: (login) => accounts.delete(login),
    list: () => [...accounts.values()],
    reset,
  }
}

function firstOfNextMonth(nowMs: number): string {
  const now = new Date(nowMs)
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1))
    .toISOString()
    .slice(0, 10)
}
