/**
 * Administration over HTTP: keys, users, teams, seats, spend, audit; and the wiring of what it administers.
 * @module
 */
export { openTeams } from './open-teams.ts'
export type { TeamExtensions, TeamOptions } from './open-teams.ts'
export { adminRoutes } from './admin-routes.ts'
export { createSeatConnector } from './seat-connector.ts'
export type { CopilotSignIn } from './seat-connector.ts'
