import type { Conversation, Reasoning, ResponseFormat, Turn } from '../../core/conversation.ts'
import { isJsonObject } from '../../core/json.ts'
import type { JsonObject } from '../../core/json.ts'
import {
  optionalBoolean,
  optionalInteger,
  optionalNumber,
  optionalObject,
  optionalString,
  refusedField,
  requiredArray,
  stringOrList,
  wrongField,
} from '../fields/read-fields.ts'
import { decodeImages, decodeMessages, decodeTools } from './decode-messages.ts'
import { modelName, wantsStream } from './facts.ts'

/** https://github.com/ollama/ollama/blob/main/docs/api.md#generate-a-chat-completion */
export function decodeChatRequest(body: JsonObject): Conversation {
  const messages = requiredArray(body, 'messages')
  if (messages.length === 0)
    throw wrongField('messages', 'a list of at least one message', messages)
  return conversationOf(body, decodeMessages(messages), CHAT_FIELDS)
}

/** https://github.com/ollama/ollama/blob/main/docs/api.md#generate-a-completion */
export function decodeGenerateRequest(body: JsonObject): Conversation {
  const prompt = optionalString(body, 'prompt') ?? ''
  const system = optionalString(body, 'system')
  const images = decodeImages(body, '')
  if (optionalString(body, 'suffix'))
    throw refusedField(
      'suffix',
      'Text cannot be inserted before a suffix here: chat models only continue. Say in the prompt what should follow.',
    )
  if (prompt === '' && images.length === 0) throw wrongField('prompt', 'a text', undefined)
  const turns: Turn[] = []
  if (system)
    turns.push({ role: 'system', author: 'system', content: [{ type: 'text', text: system }] })
  const said = prompt === '' ? [] : [{ type: 'text' as const, text: prompt }]
  turns.push({ role: 'user', content: [...said, ...images] })
  return conversationOf(body, turns, GENERATE_FIELDS)
}

const CHAT_FIELDS: ReadonlySet<string> = new Set([
  'model',
  'messages',
  'tools',
  'format',
  'options',
  'think',
  'stream',
  // How long a model stays in memory: nothing is loaded here, so nothing is lost.
  'keep_alive',
])
const GENERATE_FIELDS: ReadonlySet<string> = new Set([
  ...CHAT_FIELDS,
  'prompt',
  'system',
  'images',
  'suffix',
])
const OPTIONS: ReadonlySet<string> = new Set([
  'temperature',
  'top_p',
  'top_k',
  'frequency_penalty',
  'presence_penalty',
  'seed',
  'stop',
  'num_predict',
])

function conversationOf(
  body: JsonObject,
  turns: readonly Turn[],
  known: ReadonlySet<string>,
): Conversation {
  const options = optionalObject(body, 'options') ?? {}
  const at = 'options.'
  const most = optionalInteger(options, 'num_predict', at)
  return {
    model: modelName(body),
    turns,
    tools: decodeTools(body),
    // Negative numbers mean as much as fits.
    maxOutputTokens: most !== undefined && most > 0 ? most : undefined,
    temperature: optionalNumber(options, 'temperature', at),
    topP: optionalNumber(options, 'top_p', at),
    topK: optionalNumber(options, 'top_k', at),
    frequencyPenalty: optionalNumber(options, 'frequency_penalty', at),
    presencePenalty: optionalNumber(options, 'presence_penalty', at),
    seed: optionalInteger(options, 'seed', at),
    stop: stringOrList(options, 'stop', at),
    responseFormat: decodeFormat(body),
    reasoning: decodeThink(body),
    stream: wantsStream(body),
    includeUsage: true,
    extras: [...unknownFields(body, known), ...unknownFields(options, OPTIONS)],
  }
}

function unknownFields(object: JsonObject, known: ReadonlySet<string>): Conversation['extras'] {
  return Object.entries(object).flatMap(([name, value]) =>
    known.has(name) || value === undefined || value === null ? [] : [{ name, value }],
  )
}

function decodeFormat(body: JsonObject): ResponseFormat | undefined {
  const { format } = body
  if (format === undefined || format === null || format === '') return undefined
  if (format === 'json') return { kind: 'json-object' }
  if (isJsonObject(format)) return { kind: 'json-schema', schema: format }
  throw wrongField('format', '"json" or a JSON schema', format)
}

/** `true` leaves to the model how much it thinks; `gpt-oss` and the like take a word. */
function decodeThink(body: JsonObject): Reasoning | undefined {
  const { think } = body
  if (typeof think === 'string' && think !== '') return { effort: think, summary: 'auto' }
  const wanted = think === '' ? undefined : optionalBoolean(body, 'think')
  if (wanted === undefined) return undefined
  return wanted ? { adaptive: true, summary: 'auto' } : { disabled: true }
}
