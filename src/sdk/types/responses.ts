import type { CallExtras } from './options.ts'

/** `responses()`: the parameters of OpenAI's Responses API. */
export interface ResponsesOptions extends CallExtras {
  input?: string | readonly object[] | undefined
  model: string
  stream?: boolean | null | undefined
  instructions?: string | null | undefined
  include?: readonly string[] | null | undefined
  max_output_tokens?: number | null | undefined
  max_tool_calls?: number | null | undefined
  metadata?: Readonly<Record<string, string>> | null | undefined
  parallel_tool_calls?: boolean | null | undefined
  previous_response_id?: string | null | undefined
  prompt_cache_key?: string | null | undefined
  reasoning?:
    | { effort?: string | null; summary?: string | null; generate_summary?: string | null }
    | null
    | undefined
  safety_identifier?: string | null | undefined
  service_tier?: string | null | undefined
  store?: boolean | null | undefined
  temperature?: number | null | undefined
  text?: { format?: object; verbosity?: string | null } | undefined
  tool_choice?: string | object | undefined
  tools?: readonly object[] | undefined
  top_logprobs?: number | null | undefined
  top_p?: number | null | undefined
  truncation?: 'auto' | 'disabled' | null | undefined
  user?: string | undefined
}

export interface ResponsesAnswer {
  id: string
  object: 'response'
  created_at: number
  model: string
  status?: 'completed' | 'failed' | 'in_progress' | 'cancelled' | 'queued' | 'incomplete'
  output: ResponsesItem[]
  /** All text of the answer, put together here for convenience. */
  output_text: string
  error: { code: string; message: string } | null
  incomplete_details: { reason?: string } | null
  instructions: string | object[] | null
  metadata: Record<string, string> | null
  parallel_tool_calls: boolean
  temperature: number | null
  top_p: number | null
  tool_choice: unknown
  tools: object[]
  max_output_tokens?: number | null
  previous_response_id?: string | null
  reasoning?: { effort?: string | null; summary?: string | null } | null
  usage?: ResponsesUsage
}

export type ResponsesItem =
  | ResponsesMessageItem
  | ResponsesReasoningItem
  | ResponsesFunctionCallItem
  | ResponsesCustomCallItem
  | ResponsesServerCallItem

export interface ResponsesMessageItem {
  id: string
  type: 'message'
  role: 'assistant'
  status: 'in_progress' | 'completed' | 'incomplete'
  content: (ResponsesTextPart | { type: 'refusal'; refusal: string })[]
}

export interface ResponsesTextPart {
  type: 'output_text'
  text: string
  annotations: never[] | ResponsesAnnotation[]
}

export type ResponsesAnnotation =
  | { type: 'url_citation'; url: string; title: string; start_index: number; end_index: number }
  | { type: 'file_citation'; file_id: string; filename: string; index: number }

export interface ResponsesReasoningItem {
  id: string
  type: 'reasoning'
  summary: { type: 'summary_text'; text: string }[]
  content?: { type: 'reasoning_text'; text: string }[]
  encrypted_content?: string | null
  status?: 'in_progress' | 'completed' | 'incomplete'
}

export interface ResponsesFunctionCallItem {
  id?: string
  type: 'function_call'
  call_id: string
  name: string
  arguments: string
  status?: 'in_progress' | 'completed' | 'incomplete'
}

export interface ResponsesCustomCallItem {
  id?: string
  type: 'custom_tool_call'
  call_id: string
  name: string
  input: string
}

/** A tool that the server ran itself. */
export interface ResponsesServerCallItem {
  id: string
  type: 'web_search_call' | 'file_search_call' | 'code_interpreter_call' | 'image_generation_call'
  status: string
}

export interface ResponsesUsage {
  input_tokens: number
  input_tokens_details: { cached_tokens: number; cache_write_tokens?: number }
  output_tokens: number
  output_tokens_details: { reasoning_tokens: number }
  total_tokens: number
}

export type ResponsesEvent =
  | ResponsesStateEvent
  | ResponsesItemEvent
  | ResponsesPartEvent
  | ResponsesDeltaEvent
  | ResponsesDoneEvent
  | ResponsesErrorEvent

export interface ResponsesStateEvent {
  type:
    | 'response.created'
    | 'response.in_progress'
    | 'response.queued'
    | 'response.completed'
    | 'response.incomplete'
    | 'response.failed'
  sequence_number: number
  response: ResponsesAnswer
}

export interface ResponsesItemEvent {
  type: 'response.output_item.added' | 'response.output_item.done'
  sequence_number: number
  output_index: number
  item: ResponsesItem
}

export interface ResponsesPartEvent {
  type:
    | 'response.content_part.added'
    | 'response.content_part.done'
    | 'response.reasoning_summary_part.added'
    | 'response.reasoning_summary_part.done'
  sequence_number: number
  item_id: string
  output_index: number
  content_index?: number
  summary_index?: number
  part: { type: string; text?: string; refusal?: string }
}

export interface ResponsesDeltaEvent {
  type:
    | 'response.output_text.delta'
    | 'response.refusal.delta'
    | 'response.function_call_arguments.delta'
    | 'response.custom_tool_call_input.delta'
    | 'response.reasoning_text.delta'
    | 'response.reasoning_summary_text.delta'
  sequence_number: number
  item_id: string
  output_index: number
  content_index?: number
  summary_index?: number
  delta: string
}

export interface ResponsesDoneEvent {
  type:
    | 'response.output_text.done'
    | 'response.refusal.done'
    | 'response.function_call_arguments.done'
    | 'response.custom_tool_call_input.done'
    | 'response.reasoning_text.done'
    | 'response.reasoning_summary_text.done'
  sequence_number: number
  item_id: string
  output_index: number
  content_index?: number
  summary_index?: number
  text?: string
  refusal?: string
  arguments?: string
  input?: string
}

export interface ResponsesErrorEvent {
  type: 'error'
  sequence_number: number
  code: string | null
  message: string
  param: string | null
}
