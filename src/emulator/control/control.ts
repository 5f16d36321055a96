import type { Account, AccountInput } from '../accounts/account.ts'
import type { GitHubApp, GitHubAppInput } from '../apps/github-apps.ts'
import type { Totals } from '../accounting/billing.ts'
import type { CatalogueEntry } from '../catalogue/entry.ts'
import type { DeviceCode } from '../device/device-codes.ts'
import type { StoredFault } from '../faults/fault-book.ts'
import type { Fault } from '../faults/fault.ts'
import type { ExchangeBody } from '../github/exchange.ts'
import type { Settings } from '../options.ts'
import type { QuirkSet, Quirks } from '../quirks/quirk.ts'
import type { RecordedRequest, RequestFilter } from '../records/recorded-request.ts'
import type { GitHubToken, IssueTokenInput } from '../tokens/github-tokens.ts'

/**
 * Everything a test can set and read. The same functions answer over HTTP: `POST /_emulator/<group>/<name>` with
 * the argument as JSON.
 */
export interface Control {
  readonly accounts: {
    /** Adds an account, or replaces the one of that login. */
    put(input: AccountInput): Account
    /** Changes what is named and leaves the rest, what was used included. */
    update(input: AccountInput): Account
    get(input: { readonly login: string }): Account
    list(): Account[]
    remove(input: { readonly login: string }): boolean
  }
  readonly tokens: {
    /** Makes a GitHub token of a class. The first account's, unless a login is given. */
    issue(input?: IssueTokenInput): GitHubToken
    /** Takes back one token, or all of an account. */
    revoke(input: { readonly token?: string; readonly login?: string }): number
    list(): GitHubToken[]
    /** A Copilot token as the exchange would answer it, without a call. */
    exchange(input?: { readonly login?: string }): ExchangeBody
    /** Every Copilot token issued so far is expired from now on. */
    expireAll(): void
  }
  readonly apps: {
    /** A GitHub App and its installation; its tokens come from `POST /app/installations/{id}/access_tokens`. */
    put(input: GitHubAppInput): GitHubApp
    list(): GitHubApp[]
  }
  readonly clock: {
    /** Moves GitHub's clock against the client's. Adds up. */
    shift(input: { readonly seconds: number }): number
    read(): { readonly now: number; readonly offsetSeconds: number }
  }
  readonly device: {
    list(): DeviceCode[]
    approve(input: { readonly userCode: string; readonly login?: string }): DeviceCode
    deny(input: { readonly userCode: string }): DeviceCode
    expire(input: { readonly userCode: string }): DeviceCode
  }
  readonly faults: {
    add(fault: Fault): StoredFault
    list(): StoredFault[]
    remove(input: { readonly id: string }): boolean
    clear(): void
  }
  readonly quirks: {
    set(change: QuirkSet): Quirks
    /** As they are for a model now. */
    of(input: { readonly model: string }): Quirks
    clear(): void
  }
  readonly models: {
    list(): CatalogueEntry[]
    /** Adds or replaces entries by id; they behave like `like`. */
    put(input: { readonly entry: CatalogueEntry; readonly like: string }): CatalogueEntry
    remove(input: { readonly id: string }): void
  }
  readonly requests: {
    list(filter?: RequestFilter): RecordedRequest[]
    /** Waits for so many requests that are over; the way to test what happens after an abort. */
    waitFor(input: WaitInput): Promise<RecordedRequest[]>
    clear(): void
  }
  readonly settings: {
    set(change: Partial<Settings>): Settings
    get(): Settings
  }
  readonly counters: {
    read(): Counters
  }
  readonly state: {
    /** Back to how it was started; the token sequence too. */
    reset(): void
  }
}

export interface WaitInput {
  readonly filter?: RequestFilter
  /** @default 1 */
  readonly count?: number
  /** @default 5000 */
  readonly timeoutMs?: number
}

export interface Counters {
  readonly exchanges: number
  readonly deviceCodes: number
  readonly deviceTokens: number
  readonly installationTokens: number
  /** By login: answered calls, billionths of premium requests and of credits. */
  readonly billed: Readonly<Record<string, Totals>>
}
