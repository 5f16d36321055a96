import { asArray, asNumber, asObject, isJsonObject, tryParseJson } from '../../core/json.ts'
import type { JsonObject } from '../../core/json.ts'
import { need } from '../check.ts'
import type { Check } from '../check.ts'
import { dataOf, eventsOf } from '../event-stream.ts'
import { LONG_PROMPT, WEATHER, WEATHER_PROMPT } from '../samples.ts'
import { excerpt } from '../server.ts'
import type { Server } from '../server.ts'
import { count, list, needShape, object, word, seen } from '../shape.ts'
import { callsOf, candidateOf, contents, post, REFERENCE, said, textOf, user } from './ask.ts'
import { DECLARED, FORCED } from './functions.ts'

const METHOD = `${REFERENCE}#method:-models.streamgeneratecontent`
const LONG = { contents: [user(said(LONG_PROMPT))] }

const CHUNK = object({
  'candidates?': list(
    object({ 'content?': object({ role: word('model'), 'parts?': list(object({})) }) }),
  ),
  'usageMetadata?': object({ totalTokenCount: count }),
})

async function stream(server: Server, extra: JsonObject = {}): Promise<readonly JsonObject[]> {
  const events = eventsOf(await post(server, 'streamGenerateContent?alt=sse', contents(extra)))
  const chunks = events.map((event) => {
    need(event.event === undefined, `an event is named ${event.event ?? ''}; here none has a name`)
    return dataOf(event)
  })
  for (const chunk of chunks) needShape(chunk, CHUNK, 'a chunk')
  needEnd(chunks)
  return chunks
}

function needEnd(chunks: readonly JsonObject[]): void {
  const last = chunks.at(-1) ?? {}
  const ended = chunks.filter((chunk) => candidateOf(chunk)['finishReason'] !== undefined)
  need(ended.length === 1, `${ended.length} chunks have a finishReason`)
  need(ended[0] === last, 'the finishReason does not stand in the last chunk')
  const total = asNumber(asObject(last['usageMetadata'])?.['totalTokenCount']) ?? 0
  need(total > 0, 'the last chunk has no usageMetadata')
}

export const STREAM_CHECKS: readonly Check[] = [
  {
    id: 'gemini.stream.events',
    requirement:
      'with alt=sse each event is an answer; the last has finishReason and usage; no [DONE]',
    source: METHOD,
    run: async (server) => {
      const chunks = await stream(server, LONG)
      need(chunks.length > 1, 'the stream is one chunk')
      need(textOf(chunks) !== '', 'the chunks hold no text')
    },
  },
  {
    id: 'gemini.stream.array',
    requirement: 'without alt=sse the stream is one JSON array of answers',
    source: METHOD,
    run: async (server) => {
      const reply = await post(server, 'streamGenerateContent', contents(LONG))
      need(reply.status === 200, `status ${reply.status}, not 200: ${excerpt(reply.text)}`)
      const type = reply.headers.get('content-type') ?? 'none'
      need(type.startsWith('application/json'), `content-type is ${type}, not application/json`)
      const parsed = tryParseJson(reply.text)
      needShape(parsed, list(CHUNK, 1))
      needEnd(asArray(parsed).filter(isJsonObject))
    },
  },
  {
    id: 'gemini.stream.id',
    requirement: 'every chunk of a stream has the same responseId and modelVersion',
    source: `${REFERENCE}#v1beta.GenerateContentResponse`,
    run: async (server) => {
      const chunks = await stream(server, LONG)
      for (const name of ['responseId', 'modelVersion']) {
        const values = new Set(chunks.map((chunk) => chunk[name]))
        need(values.size === 1 && !values.has(undefined), `${name} is missing or changes`)
      }
    },
  },
  {
    id: 'gemini.stream.function',
    requirement: 'a function call is streamed whole, with its arguments as an object',
    source: 'https://ai.google.dev/api/caching#FunctionCall',
    run: async (server) => {
      const chunks = await stream(server, {
        contents: [user(said(WEATHER_PROMPT))],
        tools: DECLARED,
        toolConfig: FORCED,
      })
      const [call] = callsOf(chunks)
      needShape(call, object({ name: word(WEATHER.name), args: object({}) }), 'functionCall')
    },
  },
  {
    id: 'gemini.stream.max-tokens',
    requirement: 'a stream that reaches maxOutputTokens ends with MAX_TOKENS',
    source: `${REFERENCE}#FinishReason`,
    run: async (server) => {
      const chunks = await stream(server, { ...LONG, generationConfig: { maxOutputTokens: 32 } })
      const reason = candidateOf(chunks.at(-1) ?? {})['finishReason']
      need(reason === 'MAX_TOKENS', `finishReason is ${seen(reason)}`)
    },
  },
]
