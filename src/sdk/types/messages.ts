import type { CallExtras } from './options.ts'

/** `messages()`: the parameters of Anthropic's Messages API. */
export interface MessagesOptions extends CallExtras {
  messages: readonly MessageParam[]
  model: string
  /** @default 4096 */
  max_tokens?: number | undefined
  stream?: boolean | undefined
  system?: string | readonly object[] | undefined
  temperature?: number | undefined
  top_p?: number | undefined
  top_k?: number | undefined
  stop_sequences?: readonly string[] | undefined
  tools?: readonly object[] | undefined
  tool_choice?: object | undefined
  thinking?: object | undefined
  metadata?: { user_id?: string | null } | undefined
  output_config?: object | undefined
  service_tier?: string | undefined
}

export interface MessageParam {
  role: 'user' | 'assistant' | 'system'
  content: string | readonly object[]
}

export interface MessageAnswer {
  id: string
  type: 'message'
  role: 'assistant'
  model: string
  content: MessageBlock[]
  stop_reason: MessageStopReason | null
  stop_sequence: string | null
  usage: MessageUsage
}

export type MessageStopReason =
  | 'end_turn'
  | 'max_tokens'
  | 'stop_sequence'
  | 'tool_use'
  | 'pause_turn'
  | 'refusal'
  | 'model_context_window_exceeded'

export type MessageBlock =
  | { type: 'text'; text: string; citations?: unknown[] | null }
  | { type: 'thinking'; thinking: string; signature: string }
  | { type: 'redacted_thinking'; data: string }
  | { type: 'tool_use'; id: string; name: string; input: unknown }
  | { type: 'server_tool_use'; id: string; name: string; input: unknown }

export interface MessageUsage {
  input_tokens: number
  output_tokens: number
  cache_creation_input_tokens?: number | null
  cache_read_input_tokens?: number | null
}

export type MessageEvent =
  | { type: 'message_start'; message: MessageAnswer }
  | { type: 'content_block_start'; index: number; content_block: MessageBlock }
  | { type: 'content_block_delta'; index: number; delta: MessageDelta }
  | { type: 'content_block_stop'; index: number }
  | {
      type: 'message_delta'
      delta: { stop_reason: MessageStopReason | null; stop_sequence: string | null }
      usage: Partial<MessageUsage>
    }
  | { type: 'message_stop' }
  | { type: 'ping' }

export type MessageDelta =
  | { type: 'text_delta'; text: string }
  | { type: 'input_json_delta'; partial_json: string }
  | { type: 'thinking_delta'; thinking: string }
  | { type: 'signature_delta'; signature: string }
  | { type: 'citations_delta'; citation: unknown }
