import { systemClock } from '../core/clock.ts'
import { createAccountBook } from './accounts/account-book.ts'
import type { AccountBook } from './accounts/account-book.ts'
import type { PlanHost } from './accounts/plans.ts'
import { createGitHubApps } from './apps/github-apps.ts'
import type { GitHubApps } from './apps/github-apps.ts'
import { createLedger } from './accounting/billing.ts'
import type { Ledger } from './accounting/billing.ts'
import { createPromptCache } from './accounting/prompt-cache.ts'
import type { PromptCache } from './accounting/prompt-cache.ts'
import { createCatalogue } from './catalogue/catalogue.ts'
import type { Catalogue } from './catalogue/catalogue.ts'
import { createDeviceCodes } from './device/device-codes.ts'
import type { DeviceCodes } from './device/device-codes.ts'
import { createFaultBook } from './faults/fault-book.ts'
import type { FaultBook } from './faults/fault-book.ts'
import { createAutoSessions } from './models/auto-sessions.ts'
import type { AutoSessions } from './models/auto-sessions.ts'
import { settingsFromOptions } from './options.ts'
import type { EmulatorOptions, Settings } from './options.ts'
import { createQuirkSwitches } from './quirks/quirk-switches.ts'
import type { QuirkSwitches } from './quirks/quirk-switches.ts'
import { createRequestLog } from './records/request-log.ts'
import type { RequestLog } from './records/request-log.ts'
import { createSealer } from './seal.ts'
import type { Sealer } from './seal.ts'
import { createShiftedClock } from './shifted-clock.ts'
import type { ShiftedClock } from './shifted-clock.ts'
import { createCopilotTokens } from './tokens/copilot-tokens.ts'
import type { CopilotTokens } from './tokens/copilot-tokens.ts'
import { createGitHubTokens } from './tokens/github-tokens.ts'
import type { GitHubTokens } from './tokens/github-tokens.ts'

/** All the state of one emulator. Handlers get it; nothing of it is global. */
export interface World {
  readonly settings: Settings
  readonly clock: ShiftedClock
  readonly sealer: Sealer
  readonly accounts: AccountBook
  readonly apps: GitHubApps
  readonly githubTokens: GitHubTokens
  readonly copilotTokens: CopilotTokens
  readonly devices: DeviceCodes
  readonly autoSessions: AutoSessions
  readonly catalogue: Catalogue
  readonly quirks: QuirkSwitches
  readonly faults: FaultBook
  readonly requests: RequestLog
  readonly ledger: Ledger
  readonly promptCache: PromptCache
  /** Where it listens; the plan hosts are there only when asked for. */
  readonly origins: { main: string; plans: Partial<Record<PlanHost, string>> }
  readonly counts: {
    exchanges: number
    deviceCodes: number
    deviceTokens: number
    installationTokens: number
  }
  reset(): void
}

export function createWorld(options: EmulatorOptions): World {
  const clock = createShiftedClock(options.clock ?? systemClock)
  const sealer = createSealer(options.seed ?? 'jetway')
  const settings = settingsFromOptions(options)
  const counts = { exchanges: 0, deviceCodes: 0, deviceTokens: 0, installationTokens: 0 }
  const world: World = {
    settings,
    clock,
    sealer,
    accounts: createAccountBook(options.accounts ?? [{ login: 'octo' }], clock),
    apps: createGitHubApps(),
    githubTokens: createGitHubTokens(sealer, () => clock.now()),
    copilotTokens: createCopilotTokens(sealer, clock),
    devices: createDeviceCodes(sealer, clock),
    autoSessions: createAutoSessions(sealer, clock),
    catalogue: createCatalogue(),
    quirks: createQuirkSwitches(options.quirks ?? []),
    faults: createFaultBook(options.faults ?? [], sealer),
    requests: createRequestLog(options.recordLimit ?? 1000),
    ledger: createLedger(),
    promptCache: createPromptCache(() => settings.cacheMinimumTokens),
    origins: { main: '', plans: {} },
    counts,
    reset() {
      sealer.reset()
      clock.reset()
      Object.assign(settings, settingsFromOptions(options))
      world.accounts.reset()
      world.apps.reset()
      world.githubTokens.reset()
      world.copilotTokens.reset()
      world.devices.reset()
      world.autoSessions.reset()
      world.catalogue.reset()
      world.quirks.reset()
      world.faults.reset()
      world.requests.clear()
      world.ledger.reset()
      world.promptCache.clear()
      for (const name of Object.keys(counts) as (keyof typeof counts)[]) counts[name] = 0
    },
  }
  return world
}
