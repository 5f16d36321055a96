/**
 * All that is true of GitHub Copilot only: sign-in, tokens, identity, hosts, catalogue, quota, quirks.
 *
 * `createCopilot` is the upstream the engine calls; nothing else of this room is on the path of a call.
 * @module
 */
export { createCopilot } from './create-copilot.ts'
export type { CopilotUpstream } from './copilot-upstream.ts'
export type { CopilotOptions, GitHubCredential } from './options.ts'
export type { Status } from './status.ts'
export type { Account } from './github/account.ts'
export type { Quota } from './quota/quota.ts'
export type { DeviceCode, PollResult } from './device/flow.ts'
export type { PendingSignIn } from './device/sign-in.ts'
export type { SharedToken, TokenShare } from './token/share.ts'
