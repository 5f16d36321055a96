/**
 * GitHub and GitHub Copilot on one port, for demos and tests.
 * @module
 */
export { createEmulator } from './create-emulator.ts'
export type { Emulator } from './create-emulator.ts'
export type { Control, Counters, WaitInput } from './control/control.ts'
export type { EmulatorOptions, Settings } from './options.ts'
export type { Account, AccountInput, LimitInput, QuotaInput } from './accounts/account.ts'
export type { Plan, PlanHost } from './accounts/plans.ts'
export type { GitHubToken, GitHubTokenKind, IssueTokenInput } from './tokens/github-tokens.ts'
export type { Fault, FaultAction, FaultMatch } from './faults/fault.ts'
export type { NamedError } from './faults/named-errors.ts'
export type { QuirkSet, Quirks } from './quirks/quirk.ts'
export type { RecordedRequest, RecordedUsage, RequestFilter } from './records/recorded-request.ts'
export type { CatalogueEntry } from './catalogue/entry.ts'
