/** What machines see of the gateway: one log line per call, and metrics. Loaded by the gateway only. */
export { createAccessLog } from './access-log.ts'
export { createMetrics } from './metrics.ts'
export type { Metrics, MetricsOptions } from './metrics.ts'
export { createPinoLog } from './pino-log.ts'
export type { PinoLog, PinoLogOptions } from './pino-log.ts'
