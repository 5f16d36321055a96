/**
 * Tests any server of a dialect against what that dialect's public documents require. Imports `core` only.
 * @module
 */
export { DIALECTS, runConformance } from './run.ts'
export type { ConformanceOptions } from './run.ts'
export type { CheckResult, DialectToCheck } from './check.ts'
