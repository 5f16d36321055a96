/** The gateway's answers, as far as the page reads them. */
export interface Session {
  readonly signed_in: boolean
  /** The gateway has no master key: everyone on this machine is its owner. */
  readonly open: boolean
  readonly role?: 'administrator' | 'member'
  readonly name?: string
  readonly user_id?: string | null
  readonly team_id?: string | null
  readonly key_id?: string | null
  readonly version?: string
}

export interface CallRow {
  readonly request_id: string
  readonly call_id: string
  readonly startTime: string
  readonly key_id: string | null
  readonly key_alias: string | null
  readonly user_id: string | null
  readonly team_id: string | null
  readonly seat: string
  readonly call_type: string
  readonly dialect: string
  readonly model: string | null
  readonly model_asked: string
  readonly custom_llm_provider: string | null
  readonly wire: string | null
  readonly mode: string | null
  readonly stream: boolean
  readonly initiator: string | null
  readonly outcome: 'ok' | 'failed' | 'refused' | 'aborted'
  readonly status_code: number
  readonly error: string | null
  readonly total_tokens: number
  readonly prompt_tokens: number
  readonly cached_tokens: number
  readonly cache_write_tokens: number
  readonly completion_tokens: number
  readonly reasoning_tokens: number
  readonly spend: number
  readonly spend_credits: number
  readonly spend_source: string | null
  readonly saved_credits: number
  readonly attempts: number
  readonly first_byte_ms: number | null
  readonly total_ms: number
  readonly overhead_ms: number
  readonly queued_ms: number
}

export interface Attempt {
  readonly number: number
  readonly provider: string
  readonly model: string
  readonly wire: string
  readonly startedMs: number
  readonly durationMs: number
  readonly status: number
  readonly initiator: string
  readonly error?: string
  readonly next?: string
}

export interface Explained extends CallRow {
  readonly wire_reason: string | null
  readonly initiator_reason: string | null
  readonly rewrites: readonly { field: string; action: string; reason: string }[]
  readonly degraded: readonly string[]
  readonly attempt_list: readonly Attempt[]
  readonly error_detail: { name: string; message: string; code?: string } | null
}

export interface Summary {
  readonly day?: string
  readonly key_id?: string
  readonly user_id?: string
  readonly team_id?: string
  readonly model?: string
  readonly calls: number
  readonly failed: number
  readonly total_tokens: number
  readonly prompt_tokens: number
  readonly cached_tokens: number
  readonly completion_tokens: number
  readonly spend_credits: number
  readonly saved_credits: number
}

export interface Limited {
  readonly models: readonly string[]
  readonly blocked: boolean
  readonly rpm_limit: number | null
  readonly tpm_limit: number | null
  readonly max_parallel_requests: number | null
  readonly max_budget_credits: number | null
  readonly budget_duration: string | null
  readonly budget_reset_at: string | null
  readonly spend_credits: number
  readonly created_at: string
  readonly version: number
}

export interface Key extends Limited {
  readonly key_id: string
  readonly key_name: string
  readonly key_alias: string | null
  readonly user_id: string | null
  readonly team_id: string | null
  /** Whose it was, where that one was deleted: it is good for nothing then. */
  readonly deleted_owner: 'user' | 'team' | null
  readonly expires: string | null
  readonly key?: string
}

export interface Person extends Limited {
  readonly user_id: string
  readonly user_alias: string | null
  readonly user_email: string | null
  readonly user_role: 'administrator' | 'member'
}

export interface Team extends Limited {
  readonly team_id: string
  readonly team_alias: string | null
}

export interface Seat {
  readonly seat_id: string
  readonly user_id: string | null
  readonly kind: string
  readonly host: string
  readonly github_login: string | null
  readonly plan: string | null
  readonly status: string
  readonly detail: string | null
  readonly connected_at: string
}

/** A seat or key that ran wild. */
export interface Stop {
  readonly scope: string
  readonly detail: string
  readonly stopped_at: string
}

export interface OwnSeat {
  readonly seat: string
  readonly signed_in: boolean
  readonly login: string | null
  readonly plan: string | null
  readonly host: string | null
  readonly problem: string | null
}

export interface Prices {
  readonly inputNanoCredits: number
  readonly cachedInputNanoCredits: number
  readonly cacheWriteNanoCredits: number
  readonly outputNanoCredits: number
}

export interface Model {
  readonly name: string
  readonly id?: string
  readonly display_name?: string
  readonly provider: string
  readonly vendor?: string
  readonly kind?: string
  readonly wires?: readonly string[]
  readonly webSocket?: boolean
  readonly limits?: { contextTokens?: number; promptTokens?: number; outputTokens?: number }
  readonly supports?: {
    toolCalls: boolean
    vision: boolean
    structuredOutputs: boolean
    reasoningEfforts: readonly string[]
    streaming: boolean
  }
  readonly policy?: { state: string; terms?: string }
  readonly prices?: Prices
  readonly multiplier?: number
  readonly preview?: boolean
  readonly pickerEnabled?: boolean
}

export interface QuotaSnapshot {
  readonly unlimited: boolean
  readonly entitlement?: number
  readonly remaining?: number
  readonly percentRemaining: number
  readonly overagePermitted: boolean
  readonly overageUsed: number
  readonly resetsAt?: string
}

export interface Quota {
  readonly login?: string
  readonly plan?: string
  readonly tokenBasedBilling: boolean
  readonly resetsAt?: string
  readonly snapshots: Readonly<Record<string, QuotaSnapshot>>
}

export interface AuditEntry {
  readonly id: string
  readonly at: string
  readonly actor: string
  readonly action: string
  readonly subject: string
  readonly detail: unknown
}
