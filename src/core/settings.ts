/** What the configuration comes to once it is read and checked. The file's own form is LiteLLM's; see `config/`. */
export interface Settings {
  readonly deployments: readonly Deployment[]
  readonly router: RouterSettings
  readonly gateway: GatewaySettings
  readonly limits: LimitSettings
  readonly copilot: CopilotSettings
  /** @default none are fetched */
  readonly images?: ImageSettings | undefined
  /** Who answers a request that asks for a search of the web and nothing else. @default nobody: it is refused */
  readonly webSearch?: { readonly model: string } | undefined
}

/** One entry of `model_list`: a name that clients use, and where a call to it goes. */
export interface Deployment {
  /** Stable across reloads as long as the entry does not change: cooldowns and counters hang on it. */
  readonly id: string
  /** As clients say it; may hold one `*`. Several of one name are one load-balanced group. */
  readonly modelName: string
  /** `github_copilot`, `litellm_proxy`, `openai`. */
  readonly provider: string
  /** The model upstream; may hold the `*` of `modelName`. */
  readonly model: string
  readonly apiBase?: string | undefined
  readonly apiKey?: string | undefined
  /** Lower case names. */
  readonly extraHeaders: Readonly<Record<string, string>>
  readonly timeoutMs?: number | undefined
  readonly streamTimeoutMs?: number | undefined
  readonly retries?: number | undefined
  readonly requestsPerMinute?: number | undefined
  readonly tokensPerMinute?: number | undefined
  readonly maxParallelRequests?: number | undefined
  /** @default 1 */
  readonly weight: number
  /** Lower is tried first; within one order, by weight. @default 1 */
  readonly order: number
  /** `model_info.id`: clients may call the model by it. */
  readonly infoId?: string | undefined
}

export interface RouterSettings {
  readonly fallbacks: ReadonlyMap<string, readonly string[]>
  readonly defaultFallbacks: readonly string[]
  readonly contextWindowFallbacks: ReadonlyMap<string, readonly string[]>
  readonly contentPolicyFallbacks: ReadonlyMap<string, readonly string[]>
  /** Other names of a model group. */
  readonly aliases: ReadonlyMap<string, string>
  /** Further attempts on the same group. @default 2 */
  readonly retries: number
  /** How long a target rests after it failed too often. @default 5000 */
  readonly cooldownMs: number
  /** Failures a minute before a target rests. @default 3 */
  readonly allowedFails: number
  readonly strategy: 'simple-shuffle' | 'least-busy'
  readonly dropParams: boolean
  /** Whole call. @default 600000 */
  readonly timeoutMs: number
  /** First byte, and between two. @default 300000 */
  readonly streamTimeoutMs: number
  /** TCP and TLS. @default 10000 */
  readonly connectTimeoutMs: number
  /** Silence towards a streaming client is broken by a comment or ping after this long. @default 15000 */
  readonly keepAliveMs: number
  /** Ask models that list it over a WebSocket; HTTP where that does not work. @default 'for-web-sockets': for clients that came over one */
  readonly upstreamWebSocket: boolean | 'for-web-sockets'
  /** A session stays with the target of its group that served it last, for so long after its last call. 0: it does not. @default 3600000 */
  readonly sessionTtlMs: number
}

export interface GatewaySettings {
  /** @default '127.0.0.1' */
  readonly host: string
  /** @default 4000 */
  readonly port: number
  /** Unset: open, on loopback only. */
  readonly masterKey?: string | undefined
  readonly databaseUrl?: string | undefined
  readonly redisUrl?: string | undefined
  /** @default 64 MiB */
  readonly maxBodyBytes: number
  /** How long running calls may take after SIGTERM. @default 30000 */
  readonly drainMs: number
  /** Calls under way at once; one more is answered with 503. @default 1000 */
  readonly maxConcurrentCalls: number
  /** Further names in a `Host` header that are taken while bound to loopback. @default [] */
  readonly allowedHosts?: readonly string[] | undefined
  /** Web origins whose pages may call the gateway. @default [] */
  readonly allowedOrigins?: readonly string[] | undefined
  readonly responses: ResponsesSettings
  /** Traces and metrics through `@opentelemetry/api`; read at the start only. @default false */
  readonly openTelemetry?: boolean | undefined
}

/** What the Responses API keeps between calls, since Copilot keeps nothing. */
export interface ResponsesSettings {
  /** Serve it as a WebSocket, too; else an upgrade is answered with 426. @default true */
  readonly webSocket: boolean
  /** How long a response is kept that was not asked to be forgotten (`store: false`). 0: none is. @default 86400000 */
  readonly keepMs: number
  /** Kept for one key, user or seat; above it the oldest go. @default 64 MiB */
  readonly keepBytes: number
}

/** Towards the account's own limits at GitHub; on by default, so that a runaway agent does not put a person's account at risk. */
export interface LimitSettings {
  /** Calls under way at once for one seat. @default 12 */
  readonly maxParallelPerSeat: number
  /** Calls that may wait for a place, and how long. @default 64 and 30000 */
  readonly maxQueuedPerSeat: number
  readonly queueTimeoutMs: number
  /** Smallest gap between two calls started on one seat. @default 0 */
  readonly minGapMs: number
  /** @default on, with thresholds that no person reaches */
  readonly anomaly?: AnomalySettings | undefined
}

/** When a seat or a key is stopped until a person lifts it. A threshold of 0 never stops anything. */
export interface AnomalySettings {
  /** @default true */
  readonly enabled: boolean
  /** Credits of one key or seat within an hour. @default 10000 */
  readonly creditsPerHour: number
  /** Credits within ten minutes, as a multiple of what is usual there. @default 20 */
  readonly timesUsual: number
  /** The same request, byte for byte, within ten minutes. @default 500 */
  readonly identicalRequests: number
  /** Refusals in which GitHub speaks of abuse, within ten minutes. @default 3 */
  readonly abuseSignals: number
}

/** Images that a request names by `https` address. */
export interface ImageSettings {
  /** Fetch them, and send them on as data. @default false */
  readonly fetch: boolean
  /** Only from these; the others are sent on as they are. Empty: from every public host. @default [] */
  readonly hosts: readonly string[]
  /** The images of one request together. @default 20 MiB */
  readonly maxBytes: number
  /** In one request. @default 20 */
  readonly maxCount: number
  /** For all images of one request. @default 10000 */
  readonly timeoutMs: number
}

export interface CopilotSettings {
  /** Accept a model's policy on the way instead of answering with it. @default false */
  readonly acceptPolicies: boolean
  /** Values that replace the profile's; lower-case header names. */
  readonly identityHeaders: Readonly<Record<string, string>>
}
