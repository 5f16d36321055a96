/** Reads, checks, watches and explains the configuration: LiteLLM's file as it is, and a section of our own. */
export { isDatabasePlace, requireDatabasePlace } from './database-place.ts'
export { loadConfig } from './load.ts'
export type { LoadedConfig, LoadOptions } from './load.ts'
export type { Environment } from './plain.ts'
export { ConfigError, formatProblem } from './problem.ts'
export type { ConfigProblem } from './problem.ts'
export { watchConfig } from './watch.ts'
export type { ConfigWatch } from './watch.ts'
