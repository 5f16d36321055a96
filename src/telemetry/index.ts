/** What machines see of the gateway: one log line per call, and metrics. Loaded by the gateway only. */
export { createAccessLog } from './access-log.ts'
export { createMetrics } from './metrics.ts'
export type { Metrics } from './metrics.ts'
export { createPinoLog } from './pino-log.ts'
