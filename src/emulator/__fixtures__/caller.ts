import { createEmulator } from '../index.ts'
import type { Emulator, EmulatorOptions } from '../index.ts'

/** A client that sends what an editor sends, to any path of a running emulator. */
export interface Caller extends AsyncDisposable {
  readonly emulator: Emulator
  /** Headers of an editor with a fresh Copilot token. */
  headers(more?: Readonly<Record<string, string | undefined>>): Record<string, string>
  get(path: string, more?: Readonly<Record<string, string | undefined>>): Promise<Answered>
  post(
    path: string,
    body: unknown,
    more?: Readonly<Record<string, string | undefined>>,
  ): Promise<Answered>
  chat(body: object, more?: Readonly<Record<string, string | undefined>>): Promise<Answered>
}

export interface Answered {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The body as JSON; reading it fails the test when it is none. */
  readonly json: Loose
  /** The events of a stream. */
  readonly events: Loose[]
}

/**
 * Parsed JSON that a test looks into: the names it asks for are listed, so that a misspelt one is a type error.
 * A number is read with `Number`, the rest as it stands.
 */
export type Loose = { readonly [name in Name]: Loose } & readonly Loose[] & string

type Name =
  | 'a'
  | 'abcdefgh'
  | 'access_token'
  | 'acme'
  | 'api'
  | 'arguments'
  | 'authorization'
  | 'auto'
  | 'available_models'
  | 'batch_size'
  | 'bytes'
  | 'cache_creation_input_tokens'
  | 'cache_read_input_tokens'
  | 'cached_tokens'
  | 'call_id'
  | 'chat'
  | 'choices'
  | 'chosen_model'
  | 'cmd'
  | 'code'
  | 'command'
  | 'completion_tokens'
  | 'content'
  | 'content-type'
  | 'content_block'
  | 'content_filter_results'
  | 'copilot_plan'
  | 'copilot_quota_snapshots'
  | 'copilot_usage'
  | 'cost_per_batch'
  | 'created'
  | 'data'
  | 'delta'
  | 'device_code'
  | 'discounted_costs'
  | 'embedding'
  | 'encrypted_content'
  | 'endpoints'
  | 'error'
  | 'error_details'
  | 'error_uri'
  | 'expires_at'
  | 'expires_in'
  | 'finish_reason'
  | 'function'
  | 'gpt-4o'
  | 'gpt-5-mini'
  | 'id'
  | 'index'
  | 'input_tokens'
  | 'interval'
  | 'item_id'
  | 'limited_user_quotas'
  | 'limited_user_reset_date'
  | 'login'
  | 'logprobs'
  | 'message'
  | 'model'
  | 'monthly_quotas'
  | 'next'
  | 'notification_id'
  | 'obfuscation'
  | 'object'
  | 'octo'
  | 'ok'
  | 'on'
  | 'organization_login_list'
  | 'output'
  | 'output_index'
  | 'padding'
  | 'partial_json'
  | 'policy'
  | 'premium_interactions'
  | 'prompt_filter_results'
  | 'prompt_tokens'
  | 'prompt_tokens_details'
  | 'quota_snapshots'
  | 'reasoning_opaque'
  | 'reasoning_text'
  | 'refresh_in'
  | 'rem'
  | 'response'
  | 'role'
  | 'safety_identifier'
  | 'schema'
  | 'scope'
  | 'score'
  | 'selected_model'
  | 'sequence_number'
  | 'sku'
  | 'state'
  | 'status'
  | 'stop_reason'
  | 'supported_endpoints'
  | 'text'
  | 'title'
  | 'token'
  | 'token_based_billing'
  | 'token_count'
  | 'token_details'
  | 'token_type'
  | 'tool_calls'
  | 'top_logprobs'
  | 'total_nano_aiu'
  | 'type'
  | 'url'
  | 'usage'
  | 'user_code'
  | 'verification_uri'
  | 'x'
  | 'x-initiator'
  | 'x-interaction-id'

export async function call(options: EmulatorOptions = {}): Promise<Caller> {
  const emulator = await createEmulator(options)
  const headers: Caller['headers'] = (more = {}) => {
    const token = emulator.control.tokens.exchange().token
    const usual: Record<string, string | undefined> = {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'editor-version': 'vscode/1.99.2',
      'editor-plugin-version': 'copilot-chat/0.26.3',
      'copilot-integration-id': 'vscode-chat',
      'user-agent': 'GitHubCopilotChat/0.26.3',
      'openai-intent': 'conversation-agent',
      'x-github-api-version': '2025-04-01',
      'x-initiator': 'user',
      ...more,
    }
    return Object.fromEntries(
      Object.entries(usual).filter((pair): pair is [string, string] => pair[1] !== undefined),
    )
  }
  const ask = async (path: string, init: RequestInit): Promise<Answered> => {
    const response = await fetch(emulator.url + path, init)
    return read(response.status, response.headers, await response.text())
  }
  const post: Caller['post'] = (path, body, more) =>
    ask(path, {
      method: 'POST',
      headers: headers(more),
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })
  return {
    emulator,
    headers,
    post,
    get: (path, more) => ask(path, { headers: headers(more) }),
    chat: (body, more) =>
      post('/chat/completions', { model: 'gpt-4o', messages: [user('hello')], ...body }, more),
    [Symbol.asyncDispose]: () => emulator.close(),
  }
}

function read(status: number, headers: Headers, text: string): Answered {
  return {
    status,
    headers,
    text,
    get json() {
      return JSON.parse(text) as Loose
    },
    get events() {
      return eventsOf(text)
    },
  }
}

/** The JSON of every `data:` line but the closing mark. */
function eventsOf(text: string): Loose[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('data: ') && line !== 'data: [DONE]')
    .map((line) => JSON.parse(line.slice(6)) as Loose)
}

export function user(text: string): { role: 'user'; content: string } {
  return { role: 'user', content: text }
}

/** A function tool as chat has it. */
export function chatTool(name: string, parameters: object = ADD_SCHEMA): object {
  return { type: 'function', function: { name, description: 'Adds.', parameters } }
}

export const ADD_SCHEMA = {
  type: 'object',
  properties: { a: { type: 'integer' }, b: { type: 'integer' } },
  required: ['a', 'b'],
}

/** A PNG of one pixel. */
export const PIXEL =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
