import type { Conversation } from '../../core/conversation.ts'
import type { JsonObject } from '../../core/json.ts'
import {
  optionalBoolean,
  optionalInteger,
  optionalNumber,
  optionalObject,
  optionalString,
  refusedField,
  stringOrList,
  wrongField,
} from '../fields/read-fields.ts'

/** A prompt becomes the user's only turn: no model that Copilot serves completes bare text. */
export function decodeRequest(body: JsonObject): Conversation {
  refuseWhatChatCannot(body)
  const logprobs = optionalInteger(body, 'logprobs')
  const options = optionalObject(body, 'stream_options') ?? {}
  return {
    model: optionalString(body, 'model') ?? '',
    turns: [{ role: 'user', content: [{ type: 'text', text: readPrompt(body) }] }],
    tools: [],
    maxOutputTokens: optionalInteger(body, 'max_tokens'),
    temperature: optionalNumber(body, 'temperature'),
    topP: optionalNumber(body, 'top_p'),
    frequencyPenalty: optionalNumber(body, 'frequency_penalty'),
    presencePenalty: optionalNumber(body, 'presence_penalty'),
    seed: optionalInteger(body, 'seed'),
    stop: stringOrList(body, 'stop'),
    logprobs: logprobs === undefined ? undefined : { top: logprobs },
    user: optionalString(body, 'user'),
    stream: optionalBoolean(body, 'stream') ?? false,
    includeUsage: optionalBoolean(options, 'include_usage', 'stream_options.') ?? false,
    extras: Object.entries(body).flatMap(([name, value]) =>
      KNOWN.has(name) || value === undefined || value === null ? [] : [{ name, value }],
    ),
  }
}

const KNOWN: ReadonlySet<string> = new Set([
  'model',
  'prompt',
  'max_tokens',
  'temperature',
  'top_p',
  'frequency_penalty',
  'presence_penalty',
  'seed',
  'stop',
  'logprobs',
  'user',
  'stream',
  'stream_options',
  'n',
  'best_of',
  'echo',
  'suffix',
])

/** The one prompt; a list of one text is the same. */
export function readPrompt(body: JsonObject): string {
  const prompt = body['prompt']
  if (typeof prompt === 'string') return prompt
  if (!Array.isArray(prompt)) throw wrongField('prompt', 'a text', prompt ?? undefined)
  const [only] = prompt
  if (prompt.length === 1 && typeof only === 'string') return only
  if (prompt.length === 0) throw wrongField('prompt', 'a text', prompt)
  throw refusedField(
    'prompt',
    prompt.every((entry) => typeof entry === 'string')
      ? 'Several prompts in one request cannot be completed here: send one request for each.'
      : 'A prompt as token numbers cannot be completed here: send the text itself.',
  )
}

function refuseWhatChatCannot(body: JsonObject): void {
  if (optionalString(body, 'suffix'))
    throw refusedField(
      'suffix',
      'Text cannot be inserted before a suffix here: chat models only continue. Say in the prompt what should follow.',
    )
  if ((optionalInteger(body, 'n') ?? 1) > 1)
    throw refusedField('n', 'One completion per request: send the request once for each.')
  if ((optionalInteger(body, 'best_of') ?? 1) > 1)
    throw refusedField('best_of', 'Only one completion is made, so there is no best of several.')
}
