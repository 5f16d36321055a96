import { ADD_SCHEMA, user } from './caller.ts'
import type { Answered, Caller } from './caller.ts'

export const MODEL = 'claude-sonnet-4.6'
/** A tool as messages has it. */
export const TOOL = { name: 'add', description: 'Adds.', input_schema: ADD_SCHEMA }
const ASK = { model: MODEL, max_tokens: 2000, messages: [user('hello')] }

/** A question to `/v1/messages` that is right as it stands, changed by what a test is about. */
export function send(caller: Caller, body: object, headers: object = {}): Promise<Answered> {
  return caller.post('/v1/messages', { ...ASK, ...body }, headers as Record<string, string>)
}

/** A text with a cache mark. */
export const cached = (text: string, more: object = {}): object => ({
  type: 'text',
  text,
  cache_control: { type: 'ephemeral', ...more },
})
