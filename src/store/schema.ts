/**
 * The tables, on both databases. Kept to what SQLite and PostgreSQL have in common: text, 64-bit integers, no booleans and
 * no native JSON, so that one set of queries serves both.
 *
 * Times are milliseconds since 1970. Money is nano-credits. Flags are 0 and 1. JSON is text.
 */
export interface Schema {
  keys: KeyTable
  users: UserTable
  teams: TeamTable
  seats: SeatTable
  spending: SpendingTable
  holds: HoldTable
  calls: CallTable
  daily: DailyTable
  sums: SumTable
  audit: AuditTable
  idempotency: IdempotencyTable
  responses: ResponseTable
  stops: StopTable
  ended_sessions: EndedSessionTable
  prompts: PromptTable
}

/** Virtual keys. The secret itself is never here: only its SHA-256, and what may be shown of it. */
export interface KeyTable {
  id: string
  hash: string
  /** The secret before the last rotation, good until then. */
  previous_hash: string | null
  previous_hash_until: number | null
  /** `sk-…3f9a` */
  display: string
  alias: string | null
  user_id: string | null
  team_id: string | null
  /** JSON arrays of patterns; empty = all. */
  models: string
  routes: string
  /** JSON of `Limits`. */
  limits: string
  expires_at: number | null
  blocked: number
  metadata: string
  created_at: number
  updated_at: number
  deleted_at: number | null
  /** Counts up with every change: a writer that saw an older one is refused. */
  version: number
}

export interface UserTable {
  id: string
  name: string | null
  email: string | null
  role: string
  models: string
  limits: string
  blocked: number
  metadata: string
  created_at: number
  updated_at: number
  deleted_at: number | null
  version: number
}

export interface TeamTable {
  id: string
  alias: string | null
  models: string
  limits: string
  blocked: number
  metadata: string
  created_at: number
  updated_at: number
  deleted_at: number | null
  version: number
}

/** One person's (or the organisation's) connection to GitHub. The token is sealed; see `policy/seats`. */
export interface SeatTable {
  id: string
  user_id: string | null
  kind: string
  host: string
  github_login: string | null
  plan: string | null
  state: string
  sealed_token: string | null
  /** Which encryption key sealed it. */
  seal_key: string | null
  detail: string | null
  created_at: number
  updated_at: number
  version: number
}

/** What a key, user or team has spent in one budget period, and what running calls hold. */
export interface SpendingTable {
  /** `key:ID`, `user:ID`, `team:ID`. */
  scope: string
  period_start: number
  spent: number
  held: number
}

/** What one process holds of a budget for its calls; found again after a crash. */
export interface HoldTable {
  /** The process that holds it. */
  holder: string
  scope: string
  period_start: number
  amount: number
  expires_at: number
}

/** The ledger: one row for every finished call. */
export interface CallTable {
  id: string
  /** As the client knows it; may repeat. */
  request_id: string
  started_at: number
  /** Of `started_at`, UTC: `2026-11-21`. */
  day: string
  key_id: string | null
  key_alias: string | null
  user_id: string | null
  team_id: string | null
  seat: string
  operation: string
  dialect: string
  model_asked: string
  provider: string | null
  model: string | null
  wire: string | null
  mode: string | null
  stream: number
  initiator: string | null
  outcome: string
  status: number
  error: string | null
  input_tokens: number
  cached_tokens: number
  cache_write_tokens: number
  output_tokens: number
  reasoning_tokens: number
  nano_credits: number
  /** `upstream`, `estimate` or null where nothing was used. */
  cost_source: string | null
  saved_nano_credits: number
  attempts: number
  first_byte_ms: number | null
  total_ms: number
  overhead_ms: number
  queued_ms: number
  /** JSON: reasons, rewrites, degraded, attempts, as `explain` shows them. */
  detail: string
}

/** What is summed up of calls. */
export interface Measures {
  calls: number
  failed: number
  input_tokens: number
  cached_tokens: number
  cache_write_tokens: number
  output_tokens: number
  reasoning_tokens: number
  nano_credits: number
  saved_nano_credits: number
}

/** Sums of `calls` by day and by everything one can ask for; what stays when rows are old. */
export interface DailyTable extends Measures {
  day: string
  key_id: string
  user_id: string
  team_id: string
  model: string
  provider: string
}

/**
 * The same by one thing alone, by day and by month: what summaries read. With ten thousand keys `daily` grows by as many rows
 * a day; a month of one key is one row here.
 */
export interface SumTable extends Measures {
  kind: SumKind
  span: 'day' | 'month'
  /** `2026-11-21`, `2026-11`. */
  start: string
  /** Of the key, user, team, model or provider; empty for `all`. */
  id: string
}
export type SumKind = 'all' | 'key' | 'user' | 'team' | 'model' | 'provider'

export interface AuditTable {
  id: string
  at: number
  actor: string
  action: string
  subject: string
  /** JSON: what changed. Never a secret. */
  detail: string
}

/** Administrative writes that came with an `Idempotency-Key`, so that one sent twice is done once. */
export interface IdempotencyTable {
  /** Hash of who asked and of the key. */
  id: string
  /** Hash of the request: the same key with another request is a mistake. */
  fingerprint: string
  /** What was answered, sealed, since it may hold a new key; null while it is being done. */
  answer: string | null
  created_at: number
}

/** Responses that a client asked to store, for `previous_response_id` and `GET /v1/responses/{id}`. */
export interface ResponseTable {
  id: string
  /** Who may read it: the key's, user's or seat's scope. */
  owner: string
  created_at: number
  expires_at: number
  bytes: number
  /** JSON: input items, output items and the answer. */
  body: string
}

/** Seats and keys that ran wild: their calls are refused until a person deletes the row. */
export interface StopTable {
  /** `seat:own`, `key:K1`. */
  scope: string
  seat: string
  reason: string
  detail: string
  at: number
}

/** What was asked and answered in a call, redacted, cut and sealed; only where somebody asked for it. */
export interface PromptTable {
  /** The call's id in `calls`. */
  id: string
  expires_at: number
  seal_key: string
  box: string
}

/** Dashboard sessions that were ended before their time. */
export interface EndedSessionTable {
  id: string
  expires_at: number
}
