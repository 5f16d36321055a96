import type { JsonValue } from '../../core/json.ts'

/**
 * The wire of https://platform.openai.com/docs/api-reference/responses, as loosely as it is read: fields are checked where they
 * are used, and what is not named here travels as an extra or an opaque item.
 */
export interface ResponsesRequest {
  readonly model?: JsonValue
  readonly input?: JsonValue
  readonly instructions?: JsonValue
  readonly stream?: JsonValue
  readonly tools?: JsonValue
  readonly tool_choice?: JsonValue
  readonly parallel_tool_calls?: JsonValue
  readonly max_output_tokens?: JsonValue
  readonly temperature?: JsonValue
  readonly top_p?: JsonValue
  readonly top_logprobs?: JsonValue
  readonly text?: JsonValue
  readonly reasoning?: JsonValue
  readonly include?: JsonValue
  readonly metadata?: JsonValue
  readonly prompt_cache_key?: JsonValue
  readonly safety_identifier?: JsonValue
  readonly user?: JsonValue
  readonly store?: JsonValue
  readonly previous_response_id?: JsonValue
  readonly background?: JsonValue
  readonly conversation?: JsonValue
  readonly prompt?: JsonValue
  readonly truncation?: JsonValue
  readonly stream_options?: JsonValue
}

/** An item of `input` or `output`; which fields there are depends on `type`. */
export interface Item {
  readonly type?: JsonValue
  readonly id?: JsonValue
  readonly role?: JsonValue
  readonly content?: JsonValue
  readonly call_id?: JsonValue
  readonly name?: JsonValue
  readonly namespace?: JsonValue
  readonly arguments?: JsonValue
  readonly input?: JsonValue
  readonly output?: JsonValue
  readonly action?: JsonValue
  readonly summary?: JsonValue
  readonly encrypted_content?: JsonValue
  readonly tools?: JsonValue
}

/** A piece of a message's `content`, or of a call's `output`. */
export interface ContentPart {
  readonly type?: JsonValue
  readonly text?: JsonValue
  readonly refusal?: JsonValue
  readonly annotations?: JsonValue
  readonly logprobs?: JsonValue
  readonly image_url?: JsonValue
  readonly detail?: JsonValue
  readonly file_data?: JsonValue
  readonly file_url?: JsonValue
  readonly filename?: JsonValue
  readonly input_audio?: JsonValue
}

export interface WireTool {
  readonly type?: JsonValue
  readonly name?: JsonValue
  readonly description?: JsonValue
  readonly parameters?: JsonValue
  readonly strict?: JsonValue
  readonly format?: JsonValue
  readonly tools?: JsonValue
}

/** A whole answer, and the `response` of a stream's events. */
export interface ResponsesAnswer {
  readonly id?: JsonValue
  readonly model?: JsonValue
  readonly created_at?: JsonValue
  readonly status?: JsonValue
  readonly output?: JsonValue
  readonly output_text?: JsonValue
  readonly error?: JsonValue
  readonly incomplete_details?: JsonValue
  readonly usage?: JsonValue
  readonly copilot_usage?: JsonValue
}

/** Any event of a stream. */
export interface StreamEvent {
  readonly type?: JsonValue
  readonly sequence_number?: JsonValue
  readonly response?: JsonValue
  readonly item?: JsonValue
  readonly item_id?: JsonValue
  readonly output_index?: JsonValue
  readonly content_index?: JsonValue
  readonly summary_index?: JsonValue
  readonly part?: JsonValue
  readonly delta?: JsonValue
  readonly text?: JsonValue
  readonly refusal?: JsonValue
  readonly arguments?: JsonValue
  readonly input?: JsonValue
  readonly annotation?: JsonValue
  readonly logprobs?: JsonValue
  readonly copilot_usage?: JsonValue
}
