import { asArray, asObject, asString, isJsonObject, tryParseJson } from '../core/json.ts'
import type { JsonObject } from '../core/json.ts'
import { need, NotApplicable, Unmet } from './check.ts'
import type { Check } from './check.ts'
import {
  PERSON_PROMPT,
  PERSON_SCHEMA,
  RED_PNG,
  WEATHER,
  WEATHER_PROMPT,
  WEATHER_SCHEMA,
} from './samples.ts'
import { excerpt, jsonOf, okOf } from './server.ts'
import type { Reply, Server } from './server.ts'
import {
  anyObject,
  count,
  filled,
  flag,
  list,
  needShape,
  number,
  object,
  some,
  text,
  word,
} from './shape.ts'

const API = 'https://github.com/ollama/ollama/blob/main/docs/api.md'

const TIMES = { total_duration: some, prompt_eval_count: count, eval_count: some }
const CHAT = object({
  model: filled,
  created_at: filled,
  message: object({ role: word('assistant'), content: text }),
  done: flag,
})
const TOOL: JsonObject = { type: 'function', function: { ...WEATHER, parameters: WEATHER_SCHEMA } }

function chat(server: Server, extra: JsonObject = {}): Promise<Reply> {
  const messages = [{ role: 'user', content: 'Say hello.' }]
  return server.ask({ path: '/chat', body: { model: server.model, messages, ...extra } })
}

async function answer(server: Server, extra: JsonObject = {}): Promise<JsonObject> {
  const whole = okOf(await chat(server, { stream: false, ...extra }))
  needShape(whole, CHAT)
  needShape(
    whole,
    object({
      done: (value) => (value === true ? [] : ['done is not true']),
      done_reason: filled,
      ...TIMES,
    }),
  )
  return asObject(whole['message']) ?? {}
}

function linesOf(reply: Reply): JsonObject[] {
  need(reply.status === 200, `status ${reply.status}, not 200: ${excerpt(reply.text)}`)
  const type = reply.headers.get('content-type') ?? 'none'
  need(type.startsWith('application/x-ndjson'), `content-type is ${type}, not application/x-ndjson`)
  return reply.text
    .trimEnd()
    .split('\n')
    .map((line) => {
      const parsed = tryParseJson(line)
      if (isJsonObject(parsed)) return parsed
      throw new Unmet(`a line is no JSON object: ${excerpt(line)}`)
    })
}

function needError(reply: Reply, status: number): void {
  need(reply.status === status, `status ${reply.status}, not ${status}`)
  needShape(jsonOf(reply), object({ error: filled }))
}

export const OLLAMA_CHECKS: readonly Check[] = [
  {
    id: 'ollama.version',
    requirement: 'GET /api/version gives a version',
    source: `${API}#version`,
    run: async (server) => {
      needShape(okOf(await server.ask({ path: '/version' })), object({ version: filled }))
    },
  },
  {
    id: 'ollama.tags',
    requirement: 'GET /api/tags lists models with name, model, digest, size and details',
    source: `${API}#list-local-models`,
    run: async (server) => {
      const model = object({
        name: filled,
        model: filled,
        modified_at: filled,
        size: count,
        digest: filled,
        details: anyObject,
      })
      needShape(okOf(await server.ask({ path: '/tags' })), object({ models: list(model, 1) }))
    },
  },
  {
    id: 'ollama.show',
    requirement: 'POST /api/show gives details, model_info and capabilities',
    source: `${API}#show-model-information`,
    run: async (server) => {
      const shown = okOf(await server.ask({ path: '/show', body: { model: server.model } }))
      needShape(
        shown,
        object({ details: anyObject, model_info: anyObject, capabilities: list(filled, 1) }),
      )
    },
  },
  {
    id: 'ollama.chat.whole',
    requirement: 'with stream false the answer is one object, done, with its durations and counts',
    source: `${API}#generate-a-chat-completion`,
    run: async (server) => {
      need(asString((await answer(server))['content']) !== '', 'the answer holds no text')
    },
  },
  {
    id: 'ollama.chat.stream',
    requirement:
      'by default the answer is lines of JSON, the last done with durations, the others not',
    source: `${API}#generate-a-chat-completion`,
    run: async (server) => {
      const lines = linesOf(await chat(server))
      for (const line of lines) needShape(line, CHAT, 'a line')
      need(lines.length > 1, 'the stream is one line')
      needShape(lines.at(-1), object({ done_reason: filled, ...TIMES }), 'the last line')
      need(lines.filter(({ done }) => done === true).length === 1, 'more than one line is done')
      need(lines.at(-1)?.['done'] === true, 'the last line is not done')
    },
  },
  {
    id: 'ollama.load',
    requirement: 'a request that asks nothing loads the model, or with keep_alive 0 unloads it',
    source: `${API}#load-a-model`,
    run: async (server) => {
      const needDone = async (path: string, body: JsonObject, reason: string): Promise<void> => {
        const said = okOf(await server.ask({ path, body: { model: server.model, ...body } }))
        needShape(said, object({ model: filled, done: flag, done_reason: word(reason) }))
      }
      // Loaded last, so that the next check need not wait for it.
      await needDone('/generate', { keep_alive: 0 }, 'unload')
      await needDone('/chat', { messages: [], keep_alive: 0 }, 'unload')
      await needDone('/generate', {}, 'load')
      await needDone('/chat', { messages: [] }, 'load')
    },
  },
  {
    id: 'ollama.generate',
    requirement: 'POST /api/generate answers a prompt, whole and streamed',
    source: `${API}#generate-a-completion`,
    run: async (server) => {
      const body = { model: server.model, prompt: 'Say hello.' }
      const shape = object({ model: filled, created_at: filled, response: text, done: flag })
      const whole = okOf(await server.ask({ path: '/generate', body: { ...body, stream: false } }))
      needShape(whole, shape)
      need(whole['response'] !== '', 'the answer holds no text')
      for (const line of linesOf(await server.ask({ path: '/generate', body })))
        needShape(line, shape, 'a line')
    },
  },
  {
    id: 'ollama.chat.tools',
    requirement: 'a call has its arguments as an object, and its result is taken',
    source: `${API}#chat-request-streaming-with-tools`,
    run: async (server) => {
      const asked = { role: 'user', content: WEATHER_PROMPT }
      const called = await answer(server, { messages: [asked], tools: [TOOL] })
      const calls = asArray(called['tool_calls'])
      if (calls.length === 0)
        throw new NotApplicable('the model called no tool, and none can be forced')
      const shape = object({
        function: object({ name: word(WEATHER.name), arguments: object({ city: text }) }),
      })
      needShape(calls, list(shape, 1), 'tool_calls')
      const result = { role: 'tool', tool_name: WEATHER.name, content: 'It rains.' }
      await answer(server, { messages: [asked, called, result], tools: [TOOL] })
    },
  },
  {
    id: 'ollama.chat.format',
    requirement: 'format with a schema makes the answer JSON of it',
    source: `${API}#chat-request-structured-outputs`,
    run: async (server) => {
      const messages = [{ role: 'user', content: PERSON_PROMPT }]
      const { content } = await answer(server, { messages, format: PERSON_SCHEMA })
      needShape(
        tryParseJson(asString(content) ?? ''),
        object({ name: text, age: number }),
        'the JSON in the text',
      )
    },
  },
  {
    id: 'ollama.chat.images',
    requirement: 'images as base64 in a message are taken',
    source: `${API}#chat-request-with-images`,
    run: async (server) => {
      await answer(server, { messages: [{ role: 'user', content: 'Colour?', images: [RED_PNG] }] })
    },
  },
  {
    id: 'ollama.error.model',
    requirement: 'an unknown model is a 404 with an error text',
    source: `${API}#generate-a-chat-completion`,
    run: async (server) => {
      needError(await chat(server, { model: 'no-such-model-at-all' }), 404)
    },
  },
  {
    id: 'ollama.error.json',
    requirement: 'a body that is no JSON is a 400 with an error text',
    source: `${API}#generate-a-chat-completion`,
    run: async (server) => {
      needError(await server.ask({ path: '/chat', raw: '{"model": ' }), 400)
    },
  },
]
