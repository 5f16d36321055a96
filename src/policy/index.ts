/**
 * Keys, limits, budgets, seats: who may call, how much, and who pays.
 * @module
 */
export { createTeams } from './create-teams.ts'
export type { Teams, TeamsOptions, TeamStore } from './create-teams.ts'
export { createKeyAdministration } from './admin/key-administration.ts'
export type { KeyAdministration } from './admin/key-administration.ts'
export { createAnomalyStop } from './anomaly/anomaly-stop.ts'
export type { AnomalyStop } from './anomaly/anomaly-stop.ts'
export type { Stop } from './anomaly/stop.ts'
export type { SharedSeat } from './seats/choose-seat.ts'
export { createPromptKeeper, openPrompt } from './prompts/prompt-keeper.ts'
export type { PromptKeeper } from './prompts/prompt-keeper.ts'
export type { KeptPrompt } from './prompts/prompt-store.ts'
export { createRedactor, RedactionError } from './prompts/redactor.ts'
export { createSeal, createSealKey, SealError } from './seats/seal.ts'
export type { Seal } from './seats/seal.ts'
export type {
  GitHubToken,
  Inspected,
  PolledFlow,
  SeatConnector,
  SeatService,
  StartedFlow,
} from './seats/seat-service.ts'
export type { SeatCredentials } from './seats/seat-credentials.ts'
