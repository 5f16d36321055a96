import type {
  Dialect,
  GenerateDialect,
  RelayFilter,
  StreamDecoder,
  StreamEncoder,
  StreamOptions,
  Wire,
} from '../../core/dialect.ts'
import type { Answer, Conversation } from '../../core/conversation.ts'
import { BadGatewayError, BadRequestError, errorName, RateLimitError } from '../../core/errors.ts'
import type { JetwayError } from '../../core/errors.ts'
import { asNumber, asString, isJsonObject, tryParseJson } from '../../core/json.ts'
import type { JsonObject } from '../../core/json.ts'
import type { WireName } from '../../core/model.ts'
import type { Part } from '../../core/parts.ts'
import type { Usage } from '../../core/usage.ts'

/**
 * A wire small enough to read at a glance, so that the engine's tests say what the engine does. A request is
 * `{model, prompt, stream}`; an answer `{say, tokens}`; a stream has one event for each word,
 * `data: {"say":"word"}`, and ends with `data: {"done":tokens}` or `data: {"error":"code"}`. `field` sets the wires apart.
 */
export function tinyWire(name: WireName, field: string): Wire {
  return {
    name,
    path: `/${name}`,
    repairRequest: ({ ours }) =>
      ours === undefined ? [] : [{ field: 'ours', value: undefined, reason: 'upstream does not know it', loses: 'ours' }],
    encodeRequest: (conversation, model) => ({
      body: { model: model.id, [field]: promptOf(conversation), stream: conversation.stream },
      degraded: conversation.topK === undefined ? [] : ['top_k'],
    }),
    decodeAnswer: (body) => ({
      id: 'a',
      model: 'm',
      created: 1,
      content: [{ type: 'text', text: asString(body[field]) ?? '' }],
      finish: 'stop',
      usage: usageOf(body['tokens']),
    }),
    createStreamDecoder: (onPart) => decoder(field, onPart),
    repairAnswer(bytes) {
      const body = tryParseJson(Buffer.from(bytes).toString())
      if (!isJsonObject(body)) throw new BadGatewayError('not JSON', { code: 'invalid_answer' })
      return { bytes, usage: usageOf(body['tokens']) }
    },
    createRelayFilter: (options) => filter(options),
  }
}

/** The same form as clients speak it. */
export function tinyDialect(name: 'chat' | 'messages', field: string): GenerateDialect {
  return {
    id: name,
    name,
    operation: 'generate',
    wire: name,
    readFacts: (body) => ({
      model: asString(body['model']) ?? '',
      stream: body['stream'] === true,
      lastTurn: 'user',
      lastTurnReason: 'the last turn is a person',
      hasImages: false,
      maxOutputTokens: asNumber(body['max_tokens']),
    }),
    encodeError: (error, requestId) => ({
      status: error.status,
      body: { error: errorName(error), message: error.message, requestId },
    }),
    decodeRequest: (body) => conversationOf(body, field),
    encodeAnswer: (answer) => ({ [field]: textOf(answer), tokens: answer.usage?.outputTokens }),
    streamContentType: 'text/event-stream',
    createStreamEncoder: () => encoder(field),
    keepAlive: ': waiting\n\n',
  }
}

export const tinyDialects: ReadonlyMap<string, Dialect> = new Map<string, Dialect>([
  ['chat', tinyDialect('chat', 'say')],
  ['messages', tinyDialect('messages', 'utter')],
  [
    'messages:count',
    {
      ...tinyDialect('messages', 'utter'),
      id: 'messages:count',
      operation: 'count-tokens',
      encodeAnswer: (tokens: number) => ({ input_tokens: tokens }),
    },
  ],
  [
    'embeddings',
    {
      id: 'embeddings',
      name: 'embeddings',
      operation: 'embed',
      wire: 'embeddings',
      readFacts: (body, path) => tinyDialect('chat', 'say').readFacts(body, path),
      encodeError: (error, id) => tinyDialect('chat', 'say').encodeError(error, id),
      decodeRequest: (body) => ({
        model: asString(body['model']) ?? '',
        inputs: Array.isArray(body['input']) ? body['input'].map(String) : [],
        encoding: 'float',
      }),
      encodeAnswer: (answer) => ({ vectors: answer.vectors.map((vector) => [...vector]) }),
    },
  ],
])

export const tinyWires: ReadonlyMap<WireName, Wire> = new Map([
  ['chat', tinyWire('chat', 'say')],
  ['responses', tinyWire('responses', 'speak')],
  ['messages', tinyWire('messages', 'utter')],
])

function conversationOf(body: JsonObject, field: string): Conversation {
  const prompt = body['prompt'] ?? body[field]
  if (typeof prompt !== 'string') throw new BadRequestError('prompt is missing', { param: 'prompt' })
  return {
    model: asString(body['model']) ?? '',
    turns: [{ role: 'user', content: [{ type: 'text', text: prompt }] }],
    tools: [],
    topK: asNumber(body['top_k']),
    candidates: asNumber(body['n']),
    stream: body['stream'] === true,
    includeUsage: false,
    extras: [],
  }
}

function promptOf(conversation: Conversation): string {
  return conversation.turns
    .flatMap((turn) => turn.content)
    .map((content) => (content.type === 'text' ? content.text : ''))
    .join('')
}

function textOf(answer: Answer): string {
  return answer.content.map((content) => (content.type === 'text' ? content.text : '')).join('')
}

function usageOf(tokens: unknown): Usage | undefined {
  if (typeof tokens !== 'number') return undefined
  return {
    inputTokens: 10,
    cachedInputTokens: 4,
    cacheWriteTokens: 0,
    outputTokens: tokens,
    reasoningTokens: 0,
  }
}

/** Whole events, without their `data: `. */
function createCutter(): (bytes: Uint8Array) => JsonObject[] {
  let held = ''
  return (bytes) => {
    held += Buffer.from(bytes).toString()
    const events = held.split('\n\n')
    held = events.pop() ?? ''
    return events
      .filter((event) => event.startsWith('data: '))
      .map((event) => JSON.parse(event.slice(6)) as JsonObject)
  }
}

function errorOf(code: unknown): JetwayError {
  const details = { code: String(code) }
  return code === 'rate_limited'
    ? new RateLimitError('too fast', details)
    : new BadGatewayError('the upstream broke', details)
}

function decoder(field: string, onPart: (part: Part) => void): StreamDecoder {
  const cut = createCutter()
  let begun = false
  let over = false
  return {
    push(bytes) {
      for (const event of cut(bytes)) {
        if (typeof event[field] === 'string') {
          if (!begun) onPart({ type: 'text-start', index: 0 })
          begun = true
          onPart({ type: 'text-delta', index: 0, text: event[field] })
        }
        if (event['done'] !== undefined) {
          over = true
          onPart({ type: 'text-end', index: 0 })
          const usage = usageOf(event['done'])
          if (usage !== undefined) onPart({ type: 'usage', usage })
          onPart({ type: 'turn-end', reason: 'stop' })
        }
        if (event['error'] !== undefined) {
          over = true
          onPart({ type: 'error', error: errorOf(event['error']) })
        }
      }
    },
    end() {
      if (!over) onPart({ type: 'error', error: errorOf('stream_incomplete') })
    },
  }
}

function encoder(field: string): StreamEncoder {
  let tokens = 0
  return {
    push(part) {
      if (part.type === 'text-delta') return `data: ${JSON.stringify({ [field]: part.text })}\n\n`
      if (part.type === 'usage') tokens = part.usage.outputTokens
      if (part.type === 'turn-end') return `data: ${JSON.stringify({ done: tokens })}\n\n`
      if (part.type === 'error') return `data: ${JSON.stringify({ error: part.error.code })}\n\n`
      return ''
    },
  }
}

const NOTHING = new Uint8Array(0)

function filter(_options: StreamOptions): RelayFilter {
  const cut = createCutter()
  let usage: Usage | undefined
  let answerBytes = 0
  let finished = false
  let failure: JetwayError | undefined
  const event = (error: JetwayError): Uint8Array => {
    if (finished || failure !== undefined) return NOTHING
    failure = error
    return Buffer.from(`data: ${JSON.stringify({ error: error.code ?? null })}\n\n`)
  }
  return {
    push(bytes) {
      for (const one of cut(bytes)) {
        answerBytes += asString(one['say'])?.length ?? 0
        if (one['done'] !== undefined) {
          finished = true
          usage = usageOf(one['done'])
        }
        if (one['error'] !== undefined) failure = errorOf(one['error'])
      }
      return bytes
    },
    end: () => event(errorOf('stream_incomplete')),
    fail: (error) => event(error),
    get usage() {
      return usage
    },
    get answerBytes() {
      return answerBytes
    },
    get finished() {
      return finished
    },
    get failure() {
      return failure
    },
  }
}
