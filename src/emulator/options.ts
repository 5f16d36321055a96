import type { Clock } from '../core/clock.ts'
import type { AccountInput } from './accounts/account.ts'
import type { Fault } from './faults/fault.ts'
import type { QuirkSet } from './quirks/quirk.ts'

/** What can be changed while the emulator runs, by `control.settings.set` or at its start. */
export interface Settings {
  /** Tokens per second of a streamed answer; 0 is as fast as the socket takes them. @default 0 */
  pace: number
  /** Seconds a Copilot token lives. @default 1800 */
  tokenLifetimeSeconds: number
  /** What the exchange says in `refresh_in`. @default 1500 */
  tokenRefreshInSeconds: number
  /** The oldest `X-GitHub-Api-Version` that is served; older ones get 466. @default '2025-04-01' */
  oldestApiVersion: string
  /**
   * Whether a call without `X-GitHub-Api-Version` gets 466 too. LiteLLM with headers of one's own and several editors
   * send none and are served. @default false
   */
  apiVersionRequired: boolean
  /** Named by `endpoints.api` for everyone instead of the emulator's own origin. @default undefined */
  endpointsApi: string | undefined
  /** A repeated prefix is cached from this many tokens on. @default 1024 */
  cacheMinimumTokens: number
  /** Seconds a device code lives. @default 900 */
  deviceCodeLifetimeSeconds: number
  /** Seconds between two polls of the device flow; polling sooner gets `slow_down`. @default 5 */
  deviceInterval: number
  /** Approves a device code at its n-th poll, without anyone opening the page; 0 waits for the page. @default 0 */
  autoApproveAfterPolls: number
  /** A request body above this gets 413. @default 33554432 */
  maxBodyBytes: number
  /** Whether the body of each request is kept for `requests.list`. @default true */
  recordBodies: boolean
  /** Where Responses streams carry `copilot_usage`: beside `response` in the last event, or inside it. @default 'event' */
  copilotUsageAt: 'event' | 'response'
}

export interface EmulatorOptions extends Partial<Settings> {
  /** @default '127.0.0.1' */
  readonly host?: string
  /** 0 takes a free one. @default 0 */
  readonly port?: number
  /** Listens on one more port per plan, and answers 421 to an account on another plan's. @default false */
  readonly planHosts?: boolean
  /** @default one individual (Pro) account named `octo` */
  readonly accounts?: readonly AccountInput[]
  readonly faults?: readonly Fault[]
  readonly quirks?: readonly QuirkSet[]
  /** How many requests are remembered; the oldest go first. @default 1000 */
  readonly recordLimit?: number
  /** Ids and tokens derive from it: the same seed and the same calls give the same ones. @default 'jetway' */
  readonly seed?: string
  readonly clock?: Clock
}

export function settingsFromOptions(options: EmulatorOptions): Settings {
  return {
    pace: options.pace ?? 0,
    tokenLifetimeSeconds: options.tokenLifetimeSeconds ?? 1800,
    tokenRefreshInSeconds: options.tokenRefreshInSeconds ?? 1500,
    oldestApiVersion: options.oldestApiVersion ?? '2025-04-01',
    apiVersionRequired: options.apiVersionRequired ?? false,
    endpointsApi: options.endpointsApi,
    cacheMinimumTokens: options.cacheMinimumTokens ?? 1024,
    deviceCodeLifetimeSeconds: options.deviceCodeLifetimeSeconds ?? 900,
    deviceInterval: options.deviceInterval ?? 5,
    autoApproveAfterPolls: options.autoApproveAfterPolls ?? 0,
    maxBodyBytes: options.maxBodyBytes ?? 33_554_432,
    recordBodies: options.recordBodies ?? true,
    copilotUsageAt: options.copilotUsageAt ?? 'event',
  }
}
