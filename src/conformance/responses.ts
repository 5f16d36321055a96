import { asArray, asNumber, asObject, asString, isJsonObject, tryParseJson } from '../core/json.ts'
import type { JsonObject, JsonValue } from '../core/json.ts'
import { need, NotApplicable } from './check.ts'
import type { Check } from './check.ts'
import { dataOf, eventsOf } from './event-stream.ts'
import { needOpenAiError } from './openai-error.ts'
import {
  PERSON_PROMPT,
  PERSON_SCHEMA,
  RED_PNG,
  WEATHER,
  WEATHER_PROMPT,
  WEATHER_SCHEMA,
} from './samples.ts'
import { okOf } from './server.ts'
import type { Reply, Server } from './server.ts'
import { count, filled, list, needShape, number, object, some, text, word, seen } from './shape.ts'

const OBJECT = 'https://platform.openai.com/docs/api-reference/responses/object'
const CREATE = 'https://platform.openai.com/docs/api-reference/responses/create'
const STREAMING = 'https://platform.openai.com/docs/api-reference/responses-streaming'
const ERRORS = 'https://platform.openai.com/docs/guides/error-codes'

const ANSWER = object({
  id: filled,
  object: word('response'),
  created_at: some,
  status: word('completed', 'incomplete'),
  model: filled,
  output: list(object({ type: filled, id: filled })),
  usage: object({ input_tokens: count, output_tokens: some, total_tokens: some }),
})
const TOOL: JsonObject = { type: 'function', ...WEATHER, parameters: WEATHER_SCHEMA, strict: true }
const FORCED: JsonObject = { type: 'function', name: WEATHER.name }

function post(server: Server, extra: JsonObject): Promise<Reply> {
  const body = { model: server.model, input: 'Say hello.', store: false, ...extra }
  return server.ask({ path: '/responses', body })
}

async function respond(server: Server, extra: JsonObject = {}): Promise<JsonObject> {
  const answer = okOf(await post(server, extra))
  needShape(answer, ANSWER)
  return answer
}

function itemsOf(answer: JsonObject, type: string): JsonObject[] {
  return asArray(answer['output'])
    .filter(isJsonObject)
    .filter((item) => item['type'] === type)
}

function textOf(answer: JsonObject): string {
  return itemsOf(answer, 'message')
    .flatMap((item) => asArray(item['content']))
    .map((part) => asString(asObject(part)?.['text']) ?? '')
    .join('')
}

/** A stream as its own rules read it; gives the finished response. */
async function stream(server: Server, extra: JsonObject = {}): Promise<JsonObject> {
  const events = eventsOf(await post(server, { stream: true, ...extra }))
    .filter(({ data }) => data !== '[DONE]')
    .map((one) => {
      const data = dataOf(one)
      need(
        one.event === undefined || one.event === data['type'],
        `an event is named ${one.event ?? ''}, its type is ${seen(data['type'])}`,
      )
      return data
    })
  need(
    events[0]?.['type'] === 'response.created',
    `the first event is ${seen(events[0]?.['type'])}`,
  )
  const last = events.at(-1) ?? {}
  need(
    /^response\.(completed|incomplete)$/.test(asString(last['type']) ?? ''),
    `the last event is ${seen(last['type'])}`,
  )
  let number_ = -1
  for (const event of events) {
    const next = asNumber(event['sequence_number']) ?? -1
    need(next > number_, `sequence_number ${next} follows ${number_}`)
    number_ = next
  }
  const response = asObject(last['response']) ?? {}
  needShape(response, ANSWER, 'response')
  needItems(events, asArray(response['output']))
  return response
}

/** Every item is added and done, under one id, which is also that of the end. */
function needItems(events: readonly JsonObject[], output: readonly JsonValue[]): void {
  const ids = (type: string): string[] =>
    events
      .filter((event) => event['type'] === type)
      .map((event) => asString(asObject(event['item'])?.['id']) ?? '')
  const added = ids('response.output_item.added')
  const done = ids('response.output_item.done')
  const final = output.map((item) => asString(asObject(item)?.['id']) ?? '')
  need(added.join() === done.join(), 'items that are added are not those that are done')
  need(added.join() === final.join(), 'items of the stream are not those of the response')
  const named = events.flatMap((event) => asString(event['item_id']) ?? [])
  const unknown = named.find((id) => !added.includes(id))
  need(unknown === undefined, `an event names the item ${unknown ?? ''}, which was never added`)
}

export const RESPONSES_CHECKS: readonly Check[] = [
  {
    id: 'responses.answer.shape',
    requirement: 'an answer is a response with id, status, model, output and usage',
    source: OBJECT,
    run: async (server) => {
      need(textOf(await respond(server)) !== '', 'the answer holds no text')
    },
  },
  {
    id: 'responses.input.items',
    requirement: 'input may be items, with instructions, earlier answers and images',
    source: `${CREATE}#responses-create-input`,
    run: async (server) => {
      const image = { type: 'input_image', image_url: `data:image/png;base64,${RED_PNG}` }
      await respond(server, {
        instructions: 'Be brief.',
        input: [
          { role: 'user', content: 'Say hello.' },
          { role: 'assistant', content: 'Hello.' },
          { role: 'user', content: [{ type: 'input_text', text: 'Which colour?' }, image] },
        ],
      })
    },
  },
  {
    id: 'responses.stream.order',
    requirement:
      'a stream is created … completed, numbered, with each item added and done under one id',
    source: STREAMING,
    run: async (server) => {
      need(textOf(await stream(server)) !== '', 'the finished response holds no text')
    },
  },
  {
    id: 'responses.tools.forced',
    requirement: 'a forced function is called, whole and streamed, and its result is taken',
    source: `${CREATE}#responses-create-tool_choice`,
    run: async (server) => {
      const asked = { role: 'user', content: WEATHER_PROMPT }
      const forced = { input: [asked], tools: [TOOL], tool_choice: FORCED }
      for (const answer of [await respond(server, forced), await stream(server, forced)]) {
        const [call] = itemsOf(answer, 'function_call')
        needShape(
          call,
          object({ call_id: filled, name: word(WEATHER.name), arguments: filled }),
          'function_call',
        )
        needShape(
          tryParseJson(asString(call?.['arguments']) ?? ''),
          object({ city: text }),
          'the arguments',
        )
        const result = {
          type: 'function_call_output',
          call_id: call?.['call_id'],
          output: 'It rains.',
        }
        const output = asArray(answer['output'])
        await respond(server, { input: [asked, ...output, result], tools: [TOOL] })
      }
    },
  },
  {
    id: 'responses.output.json-schema',
    requirement: 'text.format json_schema makes the answer JSON of that schema',
    source: 'https://platform.openai.com/docs/guides/structured-outputs',
    run: async (server) => {
      const format = { type: 'json_schema', name: 'person', schema: PERSON_SCHEMA, strict: true }
      const answer = await respond(server, { input: PERSON_PROMPT, text: { format } })
      needShape(
        tryParseJson(textOf(answer)),
        object({ name: text, age: number }),
        'the JSON in the text',
      )
    },
  },
  {
    id: 'responses.state.previous',
    requirement: 'a stored response is found, gone on from, and deleted; then it is a 404',
    source: 'https://platform.openai.com/docs/guides/conversation-state',
    run: async (server) => {
      const first = await respond(server, { store: true })
      const path = `/responses/${asString(first['id']) ?? ''}`
      const found = okOf(await server.ask({ path }))
      need(found['id'] === first['id'], 'another response was found')
      const next = await respond(server, { input: 'Again.', previous_response_id: first['id'] })
      need(next['previous_response_id'] === first['id'], 'previous_response_id is not repeated')
      const items = okOf(await server.ask({ path: `${path}/input_items` }))
      needShape(items, object({ object: word('list'), data: list(object({ id: filled }), 1) }))
      const gone = okOf(await server.ask({ path, method: 'DELETE' }))
      need(gone['deleted'] === true, 'deleted is not true')
      needOpenAiError(await server.ask({ path }), 404)
    },
  },
  {
    id: 'responses.error.previous',
    requirement: 'an unknown previous_response_id is a 400 previous_response_not_found',
    source: 'https://platform.openai.com/docs/guides/conversation-state',
    run: async (server) => {
      const reply = await post(server, { previous_response_id: 'resp_unknown' })
      needOpenAiError(reply, 400)
      need(reply.text.includes('previous_response_not_found'), 'the code is another')
    },
  },
  ...(
    [
      ['input-number', { input: 5 }],
      ['item-unknown-role', { input: [{ role: 'robot', content: 'Hi' }] }],
      ['temperature', { temperature: 'hot' }],
      ['tools', { tools: 'look' }],
    ] as const
  ).map(([id, extra]): Check => ({
    id: `responses.error.${id}`,
    requirement: `a request that is wrong (${id}) is a 400 in OpenAI’s form`,
    source: ERRORS,
    run: async (server) => {
      needOpenAiError(await post(server, extra as unknown as JsonObject), 400)
    },
  })),
  {
    id: 'responses.error.json',
    requirement: 'a body that is no JSON is a 400 in OpenAI’s form',
    source: ERRORS,
    run: async (server) => {
      needOpenAiError(await server.ask({ path: '/responses', raw: '{"model": ' }), 400)
    },
  },
  {
    id: 'responses.error.model',
    requirement: 'an unknown model is a 404 in OpenAI’s form',
    source: ERRORS,
    run: async (server) => {
      needOpenAiError(await post(server, { model: 'no-such-model-at-all' }), 404)
    },
  },
  {
    id: 'responses.error.key',
    requirement: 'a wrong key is a 401 in OpenAI’s form',
    source: ERRORS,
    run: async (server) => {
      if (!server.hasKey) throw new NotApplicable('no key was given, so the server may need none')
      const body = { model: server.model, input: 'Hi' }
      needOpenAiError(await server.ask({ path: '/responses', body, key: 'wrong-key' }), 401)
    },
  },
]
