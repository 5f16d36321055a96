import type { JsonObject } from '../../core/json.ts'
import { NotApplicable } from '../check.ts'
import type { Check } from '../check.ts'
import { assistant, COUNT, ERRORS, messagesBody, needError, post, user } from './ask.ts'

/** Requests that are wrong, and what is wrong about them. */
const INVALID: readonly (readonly [string, string, JsonObject])[] = [
  ['max-tokens-missing', 'without max_tokens', { max_tokens: null }],
  ['max-tokens-zero', 'with max_tokens 0', { max_tokens: 0 }],
  ['max-tokens-text', 'with max_tokens that is text', { max_tokens: 'many' }],
  ['messages-missing', 'without messages', { messages: null }],
  ['messages-empty', 'with an empty list of messages', { messages: [] }],
  ['messages-text', 'with messages that are text', { messages: 'Hi' }],
  ['role-unknown', 'with an unknown role', { messages: [{ role: 'robot', content: 'Hi' }] }],
  ['content-missing', 'with a message without content', { messages: [{ role: 'user' }] }],
  ['block-unknown', 'with a block of an unknown type', { messages: [user([{ type: 'smell' }])] }],
  [
    'block-without-text',
    'with a text block without text',
    { messages: [user([{ type: 'text' }])] },
  ],
  ['temperature', 'with a temperature that is text', { temperature: 'hot' }],
  ['stop-sequences', 'with stop_sequences that are no list', { stop_sequences: 'stop' }],
  ['tool-schema', 'with a tool without input_schema', { tools: [{ name: 'look' }] }],
  ['tool-choice', 'with an unknown tool_choice', { tools: [], tool_choice: { type: 'maybe' } }],
  [
    'tool-result-id',
    'with a tool_result without tool_use_id',
    { messages: [user('Hi'), assistant('Hello.'), user([{ type: 'tool_result', content: 'x' }])] },
  ],
  [
    'image-source',
    'with an image without data',
    { messages: [user([{ type: 'image', source: { type: 'base64', media_type: 'image/png' } }])] },
  ],
]

export const ERROR_CHECKS: readonly Check[] = [
  ...INVALID.map(([id, what, extra]): Check => ({
    id: `messages.error.${id}`,
    requirement: `a request ${what} is a 400 invalid_request_error`,
    source: `${ERRORS}#http-errors`,
    run: async (server) => {
      needError(await post(server, withoutNulls(extra)), 400, 'invalid_request_error')
    },
  })),
  {
    id: 'messages.error.stream',
    requirement: 'a request to stream that is wrong is a 400 too, and no stream',
    source: `${ERRORS}#http-errors`,
    run: async (server) => {
      needError(await post(server, { stream: true, messages: [] }), 400, 'invalid_request_error')
    },
  },
  {
    id: 'messages.error.json',
    requirement: 'a body that is no JSON is a 400 invalid_request_error',
    source: `${ERRORS}#http-errors`,
    run: async (server) => {
      const reply = await server.ask({ path: '/messages', raw: '{"model": ' })
      needError(reply, 400, 'invalid_request_error')
    },
  },
  {
    id: 'messages.error.model',
    requirement: 'an unknown model is a 404 not_found_error',
    source: `${ERRORS}#http-errors`,
    run: async (server) => {
      needError(await post(server, { model: 'no-such-model-at-all' }), 404, 'not_found_error')
    },
  },
  {
    id: 'messages.error.key',
    requirement: 'a wrong key, and none, are a 401 authentication_error',
    source: `${ERRORS}#http-errors`,
    run: async (server) => {
      if (!server.hasKey) throw new NotApplicable('no key was given, so the server may need none')
      const body = messagesBody(server)
      for (const key of ['wrong-key', '']) {
        needError(await server.ask({ path: '/messages', body, key }), 401, 'authentication_error')
      }
    },
  },
  {
    id: 'messages.error.path',
    requirement: 'an unknown endpoint below /v1/messages is a 404 not_found_error',
    source: `${ERRORS}#http-errors`,
    run: async (server) => {
      needError(await server.ask({ path: '/messages/nothing', body: {} }), 404, 'not_found_error')
    },
  },
  {
    id: 'messages.error.count',
    requirement: 'count_tokens without messages is a 400 invalid_request_error',
    source: COUNT,
    run: async (server) => {
      const body = { model: server.model }
      const reply = await server.ask({ path: '/messages/count_tokens', body })
      needError(reply, 400, 'invalid_request_error')
    },
  },
]

/** `null` stands for a member that is left out. */
function withoutNulls(extra: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(extra).map(([name, value]) => [name, value === null ? undefined : value]),
  )
}
