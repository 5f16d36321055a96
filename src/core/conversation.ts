import type { JsonObject, JsonValue } from './json.ts'
import type { WireName } from './model.ts'
import type { Usage } from './usage.ts'

/**
 * The hub every dialect decodes to and every wire is encoded from. It holds what at least two dialects share;
 * what belongs to one vendor alone travels as `Opaque` with its origin and comes back only to where it came from.
 */
export interface Conversation {
  readonly model: string
  readonly turns: readonly Turn[]
  readonly tools: readonly Tool[]
  readonly toolChoice?: ToolChoice | undefined
  readonly parallelToolCalls?: boolean | undefined
  readonly maxOutputTokens?: number | undefined
  readonly temperature?: number | undefined
  readonly topP?: number | undefined
  readonly topK?: number | undefined
  readonly frequencyPenalty?: number | undefined
  readonly presencePenalty?: number | undefined
  readonly seed?: number | undefined
  readonly stop?: readonly string[] | undefined
  /** The client is told which one of `stop` has ended the answer, which not every wire says. */
  readonly namesStop?: boolean | undefined
  /** More than one answer; only the chat wire knows it. */
  readonly candidates?: number | undefined
  readonly logprobs?: { readonly top?: number | undefined } | undefined
  readonly responseFormat?: ResponseFormat | undefined
  readonly reasoning?: Reasoning | undefined
  readonly verbosity?: string | undefined
  readonly user?: string | undefined
  readonly metadata?: JsonObject | undefined
  /** A hint which prompts share a prefix (`prompt_cache_key`). */
  readonly cacheKey?: string | undefined
  readonly stream: boolean
  /** The client asked for usage in the stream (chat's `stream_options.include_usage`); other wires always send it. */
  readonly includeUsage: boolean
  /** Fields of the request that the hub has no word for, by their wire names. Each is kept on its own wire, else named as degraded. */
  readonly extras: readonly { readonly name: string; readonly value: JsonValue }[]
}

/** System turns stand where they stood (Claude Code sends them between user turns); a wire that cannot, folds them. */
export type Turn =
  | {
      readonly role: 'system'
      readonly author: 'system' | 'developer'
      readonly content: readonly Content[]
    }
  | { readonly role: 'user'; readonly content: readonly Content[] }
  | { readonly role: 'assistant'; readonly content: readonly Content[] }
  | { readonly role: 'tool'; readonly content: readonly ToolResult[] }

export type Content =
  | Text
  | Image
  | Document
  | Audio
  | Refusal
  | ReasoningContent
  | ToolCall
  | ToolResult
  | Opaque

export interface Text {
  readonly type: 'text'
  readonly text: string
  readonly cache?: CacheHint | undefined
  readonly annotations?: readonly JsonValue[] | undefined
}

export interface Image {
  readonly type: 'image'
  readonly source: DataSource | { readonly kind: 'url'; readonly url: string }
  readonly detail?: string | undefined
  readonly cache?: CacheHint | undefined
}

export interface DataSource {
  readonly kind: 'data'
  /** As `image/png`. */
  readonly mediaType: string
  /** Base64. */
  readonly data: string
}

export interface Document {
  readonly type: 'document'
  readonly source:
    | DataSource
    | { readonly kind: 'url'; readonly url: string }
    | { readonly kind: 'text'; readonly text: string }
  readonly filename?: string | undefined
  readonly cache?: CacheHint | undefined
}

export interface Audio {
  readonly type: 'audio'
  readonly source: DataSource
}

export interface Refusal {
  readonly type: 'refusal'
  readonly text: string
}

/** Thinking as text that may be shown, and the vendor's sealed form of it, which must come back byte for byte. */
export interface ReasoningContent {
  readonly type: 'reasoning'
  /** What may be shown: full text or summary. */
  readonly text: string
  readonly summary: boolean
  readonly sealed?: Sealed | undefined
  /** The item's id where the wire has one (responses). */
  readonly id?: string | undefined
}

/** `signature` (messages), `encrypted_content` (responses), `reasoning_opaque` (chat), `redacted_thinking` data, `thoughtSignature`. */
export interface Sealed {
  readonly origin: WireName | 'gemini'
  readonly kind: 'signature' | 'encrypted' | 'opaque' | 'redacted'
  readonly data: string
}

export interface ToolCall {
  readonly type: 'tool-call'
  /** The id that the result names; made up when the dialect has none (Ollama, older Gemini). */
  readonly id: string
  readonly name: string
  readonly namespace?: string | undefined
  /** `json`: the arguments' text as the model wrote it, valid JSON or not. `text`: a custom tool's raw input. */
  readonly input: { readonly kind: 'json' | 'text'; readonly text: string }
  /** The item's own id where it differs from the call's (responses). */
  readonly itemId?: string | undefined
  /** A thought signature bound to this call (Gemini; chat's `reasoning_opaque` for Gemini models). */
  readonly sealed?: Sealed | undefined
  readonly cache?: CacheHint | undefined
}

export interface ToolResult {
  readonly type: 'tool-result'
  readonly id: string
  /** Gemini names results by function; filled in from the call where the dialect has only ids. */
  readonly name?: string | undefined
  readonly namespace?: string | undefined
  readonly content: readonly (Text | Image | Document)[]
  readonly isError: boolean
  readonly custom?: boolean | undefined
  readonly cache?: CacheHint | undefined
}

/** A whole block or item of one wire that no other understands. Sent back to `origin` unchanged, dropped and named elsewhere. */
export interface Opaque {
  readonly type: 'opaque'
  readonly origin: WireName | 'gemini'
  readonly value: JsonObject
}

/** Anthropic's `cache_control`, chat's `copilot_cache_control`. */
export interface CacheHint {
  readonly ttl?: string | undefined
}

export type Tool =
  | {
      readonly kind: 'function'
      readonly name: string
      readonly namespace?: string | undefined
      readonly description?: string | undefined
      /** JSON Schema of the arguments; absent = none given. */
      readonly parameters?: JsonObject | undefined
      readonly strict?: boolean | undefined
      readonly cache?: CacheHint | undefined
    }
  /** Raw text in, with an optional grammar (`apply_patch`). */
  | {
      readonly kind: 'custom'
      readonly name: string
      readonly namespace?: string | undefined
      readonly description?: string | undefined
      readonly format?: JsonObject | undefined
    }
  /** Run by the server: web search, code execution, … by the wire's own type name. */
  | {
      readonly kind: 'server'
      readonly name: string
      readonly origin: WireName | 'gemini'
      readonly value: JsonObject
    }

export type ToolChoice =
  | { readonly kind: 'auto' | 'none' | 'required' }
  | { readonly kind: 'tool'; readonly name: string; readonly namespace?: string | undefined }
  | {
      readonly kind: 'allowed'
      readonly mode: 'auto' | 'required'
      readonly names: readonly string[]
    }

export type ResponseFormat =
  | { readonly kind: 'text' | 'json-object' }
  | {
      readonly kind: 'json-schema'
      readonly name?: string | undefined
      readonly description?: string | undefined
      readonly schema: JsonObject
      readonly strict?: boolean | undefined
    }

export interface Reasoning {
  /** `none` … `xhigh`, `max`, as the dialect wrote it. */
  readonly effort?: string | undefined
  readonly budgetTokens?: number | undefined
  /** Anthropic's adaptive thinking: on, and the model decides how much. */
  readonly adaptive?: boolean | undefined
  /** Explicitly off. */
  readonly disabled?: boolean | undefined
  /** `auto`, `concise`, `detailed`, or Gemini's includeThoughts as `auto`: show the reasoning. */
  readonly summary?: string | undefined
  /** Sealed reasoning wanted back (`include: ["reasoning.encrypted_content"]`). */
  readonly includeSealed?: boolean | undefined
}

export type FinishReason =
  | 'stop'
  | 'length'
  | 'tool'
  | 'filter'
  | 'refusal'
  | 'pause'
  | 'context'
  | 'error'

/** One whole answer. `content` holds text, refusal, reasoning, tool calls and opaque blocks, in order. */
export interface Answer {
  readonly id: string
  readonly model: string
  /** Seconds since 1970. */
  readonly created: number
  readonly content: readonly Content[]
  readonly finish: FinishReason
  /** The stop sequence that ended it, where the wire says. */
  readonly stopSequence?: string | undefined
  readonly usage?: Usage | undefined
  readonly logprobs?: JsonValue | undefined
}
