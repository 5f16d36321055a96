/**
 * Administration over HTTP: keys, users, teams, seats, spend, audit; and the wiring of what it administers.
 * @module
 */
export { openTeams } from './open-teams.ts'
