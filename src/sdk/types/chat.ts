import type { CallExtras } from './options.ts'

/** `completion()`: the parameters of OpenAI's chat completions, all optional but `messages`. */
export interface CompletionOptions extends CallExtras {
  messages: readonly ChatMessage[]
  /** `github_copilot/<model>`, `litellm_proxy/<name>` or a bare Copilot model. @default 'gpt-4o' */
  model?: string | undefined
  stream?: boolean | null | undefined
  stream_options?: { include_usage?: boolean; include_obfuscation?: boolean } | null | undefined
  /** @default 0 */
  temperature?: number | null | undefined
  /** @default 1 */
  top_p?: number | null | undefined
  /** @default 4096 */
  max_tokens?: number | null | undefined
  max_completion_tokens?: number | null | undefined
  n?: number | null | undefined
  stop?: string | readonly string[] | null | undefined
  tools?: readonly ChatTool[] | undefined
  tool_choice?: ChatToolChoice | undefined
  parallel_tool_calls?: boolean | undefined
  response_format?: ChatResponseFormat | undefined
  reasoning_effort?: string | null | undefined
  verbosity?: string | null | undefined
  seed?: number | null | undefined
  frequency_penalty?: number | null | undefined
  presence_penalty?: number | null | undefined
  logit_bias?: Readonly<Record<string, number>> | null | undefined
  logprobs?: boolean | null | undefined
  top_logprobs?: number | null | undefined
  metadata?: Readonly<Record<string, string>> | null | undefined
  prediction?: object | null | undefined
  prompt_cache_key?: string | null | undefined
  safety_identifier?: string | null | undefined
  service_tier?: string | null | undefined
  store?: boolean | null | undefined
  user?: string | undefined
  /** Thinking tokens of a Claude model on the chat wire. */
  thinking_budget?: number | undefined
}

export type ChatMessage =
  | {
      role: 'system' | 'developer'
      content: string | readonly ChatTextPart[]
      name?: string | undefined
    }
  | { role: 'user'; content: string | readonly ChatContentPart[]; name?: string | undefined }
  | ChatAssistantMessage
  | { role: 'tool'; content: string | readonly ChatContentPart[]; tool_call_id: string }
  | { role: 'function'; content: string | null; name: string }

export interface ChatAssistantMessage {
  role: 'assistant'
  content?: string | readonly (ChatTextPart | ChatRefusalPart)[] | null | undefined
  refusal?: string | null | undefined
  name?: string | undefined
  tool_calls?: readonly ChatToolCall[] | undefined
  /** Reasoning of an earlier turn, given back so that the model can go on with it. */
  reasoning_text?: string | null | undefined
  reasoning_opaque?: string | null | undefined
}

export interface ChatTextPart {
  type: 'text'
  text: string
}

export interface ChatRefusalPart {
  type: 'refusal'
  refusal: string
}

export type ChatContentPart =
  | ChatTextPart
  | { type: 'image_url'; image_url: { url: string; detail?: 'auto' | 'low' | 'high' | 'original' } }
  | { type: 'input_audio'; input_audio: { data: string; format: string } }
  | { type: 'file'; file: { file_data?: string; file_id?: string; filename?: string } }

export type ChatTool =
  | {
      type: 'function'
      function: {
        name: string
        description?: string | undefined
        parameters?: Readonly<Record<string, unknown>> | undefined
        strict?: boolean | null | undefined
      }
    }
  | { type: 'custom'; custom: { name: string; description?: string; format?: object } }

export type ChatToolChoice =
  | 'none'
  | 'auto'
  | 'required'
  | { type: 'function'; function: { name: string } }
  | { type: 'custom'; custom: { name: string } }
  | {
      type: 'allowed_tools'
      allowed_tools: { mode: 'auto' | 'required'; tools: readonly object[] }
    }

export type ChatResponseFormat =
  | { type: 'text' }
  | { type: 'json_object' }
  | {
      type: 'json_schema'
      json_schema: {
        name: string
        description?: string | undefined
        schema?: Readonly<Record<string, unknown>> | undefined
        strict?: boolean | null | undefined
      }
    }

export type ChatFinishReason = 'stop' | 'length' | 'tool_calls' | 'content_filter' | 'function_call'

export interface ChatCompletion {
  id: string
  object: 'chat.completion'
  /** Seconds since 1970. */
  created: number
  model: string
  choices: ChatChoice[]
  usage?: ChatUsage
  system_fingerprint?: string
  service_tier?: 'auto' | 'default' | 'flex' | 'scale' | 'priority' | null
}

export interface ChatChoice {
  index: number
  message: ChatAnswerMessage
  finish_reason: ChatFinishReason
  logprobs: ChatLogprobs | null
}

export interface ChatAnswerMessage {
  role: 'assistant'
  content: string | null
  refusal: string | null
  tool_calls?: ChatToolCall[]
  /** Of the time before tools: who offers `functions` gets it. */
  function_call?: { name: string; arguments: string }
  /** What the model thought, where it shows it. */
  reasoning_text?: string
  /** The sealed form of it: give it back unchanged with the next turn. */
  reasoning_opaque?: string
  /** Pages that the answer refers to, where a search of the web was made. */
  annotations?: ChatAnnotation[]
}

export interface ChatAnnotation {
  type: 'url_citation'
  url_citation: { url: string; title: string; start_index: number; end_index: number }
}

export type ChatToolCall =
  | { id: string; type: 'function'; function: { name: string; arguments: string } }
  | { id: string; type: 'custom'; custom: { name: string; input: string } }

export interface ChatLogprobs {
  content: ChatTokenLogprob[] | null
  refusal: ChatTokenLogprob[] | null
}

export interface ChatTokenLogprob {
  token: string
  bytes: number[] | null
  logprob: number
  top_logprobs: { token: string; bytes: number[] | null; logprob: number }[]
}

export interface ChatUsage {
  prompt_tokens: number
  completion_tokens: number
  total_tokens: number
  prompt_tokens_details?: { cached_tokens?: number; audio_tokens?: number }
  completion_tokens_details?: {
    reasoning_tokens?: number
    audio_tokens?: number
    accepted_prediction_tokens?: number
    rejected_prediction_tokens?: number
  }
}

export interface ChatCompletionChunk {
  id: string
  object: 'chat.completion.chunk'
  created: number
  model: string
  /** Empty in the one chunk that holds `usage`. */
  choices: ChatChunkChoice[]
  usage?: ChatUsage | null
  system_fingerprint?: string
  service_tier?: 'auto' | 'default' | 'flex' | 'scale' | 'priority' | null
}

export interface ChatChunkChoice {
  index: number
  delta: ChatDelta
  finish_reason: ChatFinishReason | null
  logprobs?: ChatLogprobs | null
}

export interface ChatDelta {
  role?: 'developer' | 'system' | 'user' | 'assistant' | 'tool'
  content?: string | null
  refusal?: string | null
  tool_calls?: ChatToolCallDelta[]
  /** Of the time before tools: who offers `functions` gets it. */
  function_call?: { name?: string; arguments?: string }
  reasoning_text?: string
  reasoning_opaque?: string
  annotations?: ChatAnnotation[]
}

export interface ChatToolCallDelta {
  index: number
  id?: string
  type?: 'function'
  function?: { name?: string; arguments?: string }
}
