import type { AnomalySettings, Settings } from './settings.ts'

/** Far above what a person's agents do, so that whoever sees the stop has a reason to look. */
export const DEFAULT_ANOMALY: AnomalySettings = {
  enabled: true,
  creditsPerHour: 10_000,
  timesUsual: 20,
  identicalRequests: 500,
  abuseSignals: 3,
}

/** What holds when no configuration says otherwise: every model of the catalogue, on loopback, open. */
export const DEFAULT_SETTINGS: Settings = {
  deployments: [],
  router: {
    fallbacks: new Map(),
    defaultFallbacks: [],
    contextWindowFallbacks: new Map(),
    contentPolicyFallbacks: new Map(),
    aliases: new Map(),
    retries: 2,
    cooldownMs: 5_000,
    allowedFails: 3,
    strategy: 'simple-shuffle',
    dropParams: false,
    timeoutMs: 600_000,
    streamTimeoutMs: 300_000,
    connectTimeoutMs: 10_000,
    keepAliveMs: 15_000,
    upstreamWebSocket: 'for-web-sockets',
    sessionTtlMs: 3_600_000,
  },
  gateway: {
    host: '127.0.0.1',
    port: 4000,
    maxBodyBytes: 64 * 1024 * 1024,
    drainMs: 30_000,
    maxConcurrentCalls: 1000,
    openTelemetry: false,
    responses: { webSocket: true, keepMs: 86_400_000, keepBytes: 64 * 1024 * 1024 },
  },
  limits: {
    maxParallelPerSeat: 12,
    maxQueuedPerSeat: 64,
    queueTimeoutMs: 30_000,
    minGapMs: 0,
    anomaly: DEFAULT_ANOMALY,
  },
  copilot: { acceptPolicies: false, identityHeaders: {} },
  images: {
    fetch: false,
    hosts: [],
    maxBytes: 20 * 1024 * 1024,
    maxCount: 20,
    timeoutMs: 10_000,
  },
}
