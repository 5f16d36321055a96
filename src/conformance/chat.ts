import { asArray, asObject, asString, tryParseJson } from '../core/json.ts'
import type { JsonObject } from '../core/json.ts'
import { need, NotApplicable } from './check.ts'
import type { Check } from './check.ts'
import { dataOf, eventsOf } from './event-stream.ts'
import { needOpenAiError } from './openai-error.ts'
import {
  PERSON_PROMPT,
  PERSON_SCHEMA,
  RED_PNG,
  STOP,
  STOP_PROMPT,
  WEATHER,
  WEATHER_PROMPT,
  WEATHER_SCHEMA,
} from './samples.ts'
import { okOf } from './server.ts'
import type { Reply, Server } from './server.ts'
import {
  count,
  either,
  filled,
  list,
  needShape,
  nothing,
  number,
  object,
  some,
  text,
  word,
  seen,
} from './shape.ts'

const OBJECT = 'https://platform.openai.com/docs/api-reference/chat/object'
const STREAMING = 'https://platform.openai.com/docs/api-reference/chat-streaming/streaming'
const CREATE = 'https://platform.openai.com/docs/api-reference/chat/create'
const ERRORS = 'https://platform.openai.com/docs/guides/error-codes'

const FINISH = word('stop', 'length', 'tool_calls', 'content_filter', 'function_call')
const USAGE = object({ prompt_tokens: count, completion_tokens: some, total_tokens: some })
const ANSWER = object({
  id: filled,
  object: word('chat.completion'),
  created: some,
  model: filled,
  choices: list(
    object({
      index: count,
      message: object({ role: word('assistant'), content: either(text, nothing) }),
      finish_reason: FINISH,
    }),
    1,
  ),
  usage: USAGE,
})
const CHUNK = object({
  id: filled,
  object: word('chat.completion.chunk'),
  created: some,
  model: filled,
  choices: list(
    object({ index: count, delta: object({}), 'finish_reason?': either(FINISH, nothing) }),
  ),
})

const TOOL: JsonObject = { type: 'function', function: { ...WEATHER, parameters: WEATHER_SCHEMA } }
const FORCED: JsonObject = { type: 'function', function: { name: WEATHER.name } }

function post(server: Server, extra: JsonObject): Promise<Reply> {
  const messages = [{ role: 'user', content: 'Say hello.' }]
  return server.ask({
    path: '/chat/completions',
    body: { model: server.model, messages, ...extra },
  })
}

async function choice(server: Server, extra: JsonObject = {}): Promise<JsonObject> {
  const answer = okOf(await post(server, extra))
  needShape(answer, ANSWER)
  return asObject(asArray(answer['choices'])[0]) ?? {}
}

async function chunks(server: Server, extra: JsonObject = {}): Promise<readonly JsonObject[]> {
  const events = eventsOf(await post(server, { stream: true, ...extra }))
  need(events.at(-1)?.data === '[DONE]', 'the last event is not [DONE]')
  const parsed = events.slice(0, -1).map(dataOf)
  for (const chunk of parsed) needShape(chunk, CHUNK, 'a chunk')
  return parsed
}

function deltasOf(parsed: readonly JsonObject[]): JsonObject[] {
  return parsed
    .flatMap((chunk) => asArray(chunk['choices']))
    .map((one) => asObject(asObject(one)?.['delta']) ?? {})
}

export const CHAT_CHECKS: readonly Check[] = [
  {
    id: 'chat.answer.shape',
    requirement: 'an answer has id, created, model, choices with a message, and usage',
    source: OBJECT,
    run: async (server) => {
      const { finish_reason: reason } = await choice(server)
      need(reason === 'stop', `finish_reason is ${seen(reason)}`)
    },
  },
  {
    id: 'chat.stream.shape',
    requirement: 'a stream is chunks of one id, role first, finish_reason once, then [DONE]',
    source: STREAMING,
    run: async (server) => {
      const parsed = await chunks(server)
      need(new Set(parsed.map(({ id }) => id)).size === 1, 'the id changes')
      need(deltasOf(parsed)[0]?.['role'] === 'assistant', 'the first delta has no role')
      const reasons = parsed
        .flatMap((chunk) => asArray(chunk['choices']))
        .flatMap((one) => asString(asObject(one)?.['finish_reason']) ?? [])
      need(reasons.length === 1, `${reasons.length} finish reasons`)
      need(
        parsed.every((chunk) => asArray(chunk['choices']).length > 0),
        'a chunk without choices, though no usage was asked for',
      )
    },
  },
  {
    id: 'chat.stream.usage',
    requirement: 'with include_usage exactly the last chunk has no choices and the usage',
    source: `${CREATE}#chat_create-stream_options`,
    run: async (server) => {
      const parsed = await chunks(server, { stream_options: { include_usage: true } })
      const empty = parsed.filter((chunk) => asArray(chunk['choices']).length === 0)
      need(
        empty.length === 1 && empty[0] === parsed.at(-1),
        `${empty.length} chunks without choices`,
      )
      needShape(empty[0]?.['usage'], USAGE, 'usage')
    },
  },
  {
    id: 'chat.tools.forced',
    requirement: 'a forced function is called, its arguments are JSON, and its result is taken',
    source: `${CREATE}#chat_create-tool_choice`,
    run: async (server) => {
      const asked = [{ role: 'user', content: WEATHER_PROMPT }]
      const tools = [TOOL]
      const { message } = await choice(server, { messages: asked, tools, tool_choice: FORCED })
      const calls = asArray(asObject(message)?.['tool_calls'])
      const shape = object({
        id: filled,
        type: word('function'),
        function: object({ name: word(WEATHER.name), arguments: filled }),
      })
      needShape(calls, list(shape, 1), 'tool_calls')
      const call = asObject(calls[0])
      const given = tryParseJson(asString(asObject(call?.['function'])?.['arguments']) ?? '')
      needShape(given, object({ city: text }), 'the arguments')
      const result = { role: 'tool', tool_call_id: call?.['id'], content: 'It rains.' }
      await choice(server, { messages: [...asked, message ?? null, result], tools })
    },
  },
  {
    id: 'chat.tools.stream',
    requirement: 'a call is streamed by index: id and name first, then pieces of its arguments',
    source: STREAMING,
    run: async (server) => {
      const messages = [{ role: 'user', content: WEATHER_PROMPT }]
      const parsed = await chunks(server, { messages, tools: [TOOL], tool_choice: FORCED })
      const pieces = deltasOf(parsed)
        .flatMap((delta) => asArray(delta['tool_calls']))
        .map((piece) => asObject(piece) ?? {})
      needShape(
        pieces[0],
        object({ index: count, id: filled, function: object({ name: word(WEATHER.name) }) }),
        'the first piece',
      )
      const given = pieces
        .map((piece) => asString(asObject(piece['function'])?.['arguments']) ?? '')
        .join('')
      needShape(tryParseJson(given), object({ city: text }), 'the arguments')
    },
  },
  {
    id: 'chat.output.json-schema',
    requirement: 'response_format json_schema makes the answer JSON of that schema',
    source: 'https://platform.openai.com/docs/guides/structured-outputs',
    run: async (server) => {
      const json_schema = { name: 'person', schema: PERSON_SCHEMA, strict: true }
      const { message } = await choice(server, {
        messages: [{ role: 'user', content: PERSON_PROMPT }],
        response_format: { type: 'json_schema', json_schema },
      })
      const parsed = tryParseJson(asString(asObject(message)?.['content']) ?? '')
      needShape(parsed, object({ name: text, age: number }), 'the JSON in the text')
    },
  },
  {
    id: 'chat.input.image',
    requirement: 'an image by data URI is taken',
    source: 'https://platform.openai.com/docs/guides/images-vision',
    run: async (server) => {
      const image = { type: 'image_url', image_url: { url: `data:image/png;base64,${RED_PNG}` } }
      await choice(server, {
        messages: [{ role: 'user', content: [{ type: 'text', text: 'Colour?' }, image] }],
      })
    },
  },
  {
    id: 'chat.stop.sequence',
    requirement: 'a stop sequence ends the answer and is not in it',
    source: `${CREATE}#chat_create-stop`,
    run: async (server) => {
      const { message } = await choice(server, {
        messages: [{ role: 'user', content: STOP_PROMPT }],
        stop: STOP,
      })
      need(
        !(asString(asObject(message)?.['content']) ?? '').includes(STOP),
        'the text holds the stop sequence',
      )
    },
  },
  {
    id: 'chat.stop.length',
    requirement: 'an answer that reaches max_tokens ends with length',
    source: `${CREATE}#chat_create-max_completion_tokens`,
    run: async (server) => {
      const { finish_reason: reason } = await choice(server, {
        messages: [{ role: 'user', content: 'Write two hundred words.' }],
        max_tokens: 32,
      })
      need(reason === 'length', `finish_reason is ${seen(reason)}`)
    },
  },
  {
    id: 'chat.models.list',
    requirement: 'GET /models lists models with id, object, created and owned_by',
    source: 'https://platform.openai.com/docs/api-reference/models/list',
    run: async (server) => {
      const model = object({ id: filled, object: word('model'), created: count, owned_by: filled })
      const listed = okOf(await server.ask({ path: '/models' }))
      needShape(listed, object({ object: word('list'), data: list(model, 1) }))
    },
  },
  ...(
    [
      ['messages-missing', { messages: undefined }],
      ['messages-empty', { messages: [] }],
      ['role-unknown', { messages: [{ role: 'robot', content: 'Hi' }] }],
      ['temperature', { temperature: 'hot' }],
      ['tools', { tools: 'look' }],
    ] as const
  ).map(([id, extra]): Check => ({
    id: `chat.error.${id}`,
    requirement: `a request that is wrong (${id}) is a 400 in OpenAI’s form`,
    source: ERRORS,
    run: async (server) => {
      needOpenAiError(await post(server, extra as unknown as JsonObject), 400)
    },
  })),
  {
    id: 'chat.error.json',
    requirement: 'a body that is no JSON is a 400 in OpenAI’s form',
    source: ERRORS,
    run: async (server) => {
      needOpenAiError(await server.ask({ path: '/chat/completions', raw: '{"model": ' }), 400)
    },
  },
  {
    id: 'chat.error.model',
    requirement: 'an unknown model is a 404 in OpenAI’s form',
    source: ERRORS,
    run: async (server) => {
      needOpenAiError(await post(server, { model: 'no-such-model-at-all' }), 404)
    },
  },
  {
    id: 'chat.error.key',
    requirement: 'a wrong key is a 401 in OpenAI’s form',
    source: ERRORS,
    run: async (server) => {
      if (!server.hasKey) throw new NotApplicable('no key was given, so the server may need none')
      const body = { model: server.model, messages: [{ role: 'user', content: 'Hi' }] }
      needOpenAiError(await server.ask({ path: '/chat/completions', body, key: 'wrong-key' }), 401)
    },
  },
]
