import type { JsonValue } from '../../core/json.ts'

/**
 * The wire of https://docs.anthropic.com/en/api/messages, as loosely as it is read: fields are checked where they are used,
 * and what is not named here travels as an extra or an opaque block.
 */
export interface MessagesRequest {
  readonly model?: JsonValue
  readonly max_tokens?: JsonValue
  readonly messages?: JsonValue
  readonly system?: JsonValue
  readonly stream?: JsonValue
  readonly temperature?: JsonValue
  readonly top_p?: JsonValue
  readonly top_k?: JsonValue
  readonly stop_sequences?: JsonValue
  readonly tools?: JsonValue
  readonly tool_choice?: JsonValue
  readonly thinking?: JsonValue
  readonly output_config?: JsonValue
  readonly output_format?: JsonValue
  readonly metadata?: JsonValue
}

/** A content block of a request or an answer; which fields there are depends on `type`. */
export interface Block {
  readonly type?: JsonValue
  readonly text?: JsonValue
  readonly thinking?: JsonValue
  readonly signature?: JsonValue
  readonly data?: JsonValue
  readonly id?: JsonValue
  readonly name?: JsonValue
  readonly input?: JsonValue
  readonly tool_use_id?: JsonValue
  readonly content?: JsonValue
  readonly is_error?: JsonValue
  readonly source?: JsonValue
  readonly title?: JsonValue
  readonly citations?: JsonValue
  readonly cache_control?: JsonValue
}

export interface Source {
  readonly type?: JsonValue
  readonly media_type?: JsonValue
  readonly data?: JsonValue
  readonly url?: JsonValue
}

export interface WireTool {
  readonly type?: JsonValue
  readonly name?: JsonValue
  readonly description?: JsonValue
  readonly input_schema?: JsonValue
  readonly strict?: JsonValue
  readonly cache_control?: JsonValue
}

/** A whole answer, and the `message` of `message_start`. */
export interface MessagesAnswer {
  readonly id?: JsonValue
  readonly model?: JsonValue
  readonly content?: JsonValue
  readonly stop_reason?: JsonValue
  readonly stop_sequence?: JsonValue
  readonly usage?: JsonValue
  readonly copilot_usage?: JsonValue
}

export interface WireUsage {
  readonly input_tokens?: JsonValue
  readonly output_tokens?: JsonValue
  readonly cache_creation_input_tokens?: JsonValue
  readonly cache_read_input_tokens?: JsonValue
}

/** Any event of a stream. */
export interface StreamEvent {
  readonly type?: JsonValue
  readonly index?: JsonValue
  readonly message?: JsonValue
  readonly content_block?: JsonValue
  readonly delta?: JsonValue
  readonly usage?: JsonValue
  readonly copilot_usage?: JsonValue
  readonly error?: JsonValue
}

export interface Delta {
  readonly type?: JsonValue
  readonly text?: JsonValue
  readonly partial_json?: JsonValue
  readonly thinking?: JsonValue
  readonly signature?: JsonValue
  readonly citation?: JsonValue
  readonly stop_reason?: JsonValue
  readonly stop_sequence?: JsonValue
}
