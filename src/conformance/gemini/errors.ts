import type { JsonObject } from '../../core/json.ts'
import { NotApplicable } from '../check.ts'
import type { Check } from '../check.ts'
import { contents, needError, post, TROUBLE, user } from './ask.ts'

const INVALID: readonly (readonly [string, string, JsonObject])[] = [
  ['contents-missing', 'without contents', {}],
  ['contents-empty', 'with no contents', { contents: [] }],
  ['contents-text', 'with contents that are text', { contents: 'Hi' }],
  [
    'role-unknown',
    'with an unknown role',
    { contents: [{ role: 'robot', parts: [{ text: 'Hi' }] }] },
  ],
  ['part-unknown', 'with a part of an unknown kind', { contents: [user({ smell: 'rose' })] }],
  ['part-text', 'with text that is a number', { contents: [user({ text: 5 })] }],
  [
    'temperature',
    'with a temperature that is text',
    contents({ generationConfig: { temperature: 'hot' } }),
  ],
  ['tools', 'with tools that are text', contents({ tools: 'look' })],
  [
    'mode',
    'with an unknown mode',
    contents({ toolConfig: { functionCallingConfig: { mode: 'MAYBE' } } }),
  ],
]

export const ERROR_CHECKS: readonly Check[] = [
  ...INVALID.map(([id, what, body]): Check => ({
    id: `gemini.error.${id}`,
    requirement: `a request ${what} is a 400 INVALID_ARGUMENT`,
    source: `${TROUBLE}#error-codes`,
    run: async (server) => {
      needError(await post(server, 'generateContent', body), 400, 'INVALID_ARGUMENT')
    },
  })),
  {
    id: 'gemini.error.stream',
    requirement: 'a request to stream that is wrong is a 400 too, and no stream',
    source: `${TROUBLE}#error-codes`,
    run: async (server) => {
      const reply = await post(server, 'streamGenerateContent?alt=sse', { contents: [] })
      needError(reply, 400, 'INVALID_ARGUMENT')
    },
  },
  {
    id: 'gemini.error.json',
    requirement: 'a body that is no JSON is a 400 INVALID_ARGUMENT',
    source: `${TROUBLE}#error-codes`,
    run: async (server) => {
      const path = `/models/${encodeURIComponent(server.model)}:generateContent`
      needError(await server.ask({ path, raw: '{"contents": ' }), 400, 'INVALID_ARGUMENT')
    },
  },
  {
    id: 'gemini.error.model',
    requirement: 'an unknown model is a 404 NOT_FOUND',
    source: `${TROUBLE}#error-codes`,
    run: async (server) => {
      const path = '/models/no-such-model-at-all:generateContent'
      needError(await server.ask({ path, body: contents() }), 404, 'NOT_FOUND')
    },
  },
  {
    id: 'gemini.error.key',
    requirement: 'a wrong key is refused with an error of the right shape',
    source: `${TROUBLE}#error-codes`,
    run: async (server) => {
      if (!server.hasKey) throw new NotApplicable('no key was given, so the server may need none')
      const path = `/models/${encodeURIComponent(server.model)}:generateContent`
      const reply = await server.ask({ path, body: contents(), key: 'wrong-key' })
      // Google itself says 400 for a key it does not know, and 403 or 401 for others.
      if (reply.status === 400) needError(reply, 400, 'INVALID_ARGUMENT')
      else if (reply.status === 403) needError(reply, 403, 'PERMISSION_DENIED')
      else needError(reply, 401, 'UNAUTHENTICATED')
    },
  },
]
