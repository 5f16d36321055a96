import { asArray, asObject, asString, isJsonObject } from '../../../core/json.ts'
import type { JsonObject, JsonValue } from '../../../core/json.ts'

/**
 * Compaction: a client whose conversation grows too long has it shortened by the server, and goes on from an item of the type
 * `compaction` (https://platform.openai.com/docs/guides/compaction). What OpenAI seals in it is here a summary by the same
 * model, marked as ours; the client carries it as it carries OpenAI's.
 */
const MARK = 'jetway.summary.'
const TYPES: ReadonlySet<JsonValue | undefined> = new Set(['compaction', 'compaction_summary'])

export function compactionItem(id: string, summary: string): JsonObject {
  const sealed = MARK + Buffer.from(summary).toString('base64url')
  return { id, type: 'compaction', encrypted_content: sealed }
}

/** Summaries of ours as the words they hold; items that an upstream sealed go back to it as they are. */
export function readSummaries(input: readonly JsonValue[]): JsonValue[] {
  return input.map((item) => {
    const sealed = TYPES.has(asObject(item)?.['type'])
      ? asString(asObject(item)?.['encrypted_content'])
      : undefined
    if (sealed === undefined || !sealed.startsWith(MARK)) return item
    const summary = Buffer.from(sealed.slice(MARK.length), 'base64url').toString('utf8')
    return userMessage(`${INTRODUCTION}\n\n${summary}`)
  })
}

const INTRODUCTION =
  'What was said before this point was too long to keep. This summary of it was written to go on from:'

/** Codex asks for compaction by an item at the end of an ordinary request. */
export function isCompaction(input: readonly JsonValue[]): boolean {
  return isTrigger(input.at(-1))
}

export function withoutTrigger(input: readonly JsonValue[]): JsonValue[] {
  return input.filter((item) => !isTrigger(item))
}

function isTrigger(item: JsonValue | undefined): boolean {
  return asObject(item)?.['type'] === 'compaction_trigger'
}

/** The request that makes the summary. */
export function askForSummary(): JsonObject {
  return userMessage(
    'This conversation is about to be cut, and whoever goes on with it will see your next message only. ' +
      'Write down what is needed to go on without asking again: what the user wants and has ruled out, what was ' +
      'found out and decided and why, which files, commands and names matter and in what state they are, what was ' +
      'tried and failed, and what remains to be done, in order. Quote exact names, paths, numbers and errors. ' +
      'Do not call tools, do not go on with the work, and write nothing but this summary.',
  )
}

/** The user's own words stay beside the summary, the newest first to be kept. */
const MOST_TEXT = 80_000

/** As items of an answer are: with an id, a status and a list of parts. */
export function userMessagesOf(input: readonly JsonValue[], stem: string): JsonObject[] {
  const kept: JsonObject[] = []
  let length = 0
  for (const item of input.toReversed()) {
    if (!isJsonObject(item) || item['role'] !== 'user') continue
    length += JSON.stringify(item['content'] ?? '').length
    if (length > MOST_TEXT) break
    const content = asString(item['content'])
    const parts = content === undefined ? item['content'] : [{ type: 'input_text', text: content }]
    const id = `msg_${stem}u${kept.length.toString(36)}`
    kept.push({ id, type: 'message', status: 'completed', ...item, content: parts ?? [] })
  }
  return kept.toReversed()
}

/** The text of an answer in one piece. */
export function textOfResponse(response: JsonObject): string {
  return asArray(response['output'])
    .flatMap((item) => asArray(asObject(item)?.['content']))
    .flatMap((part) => asString(asObject(part)?.['text']) ?? [])
    .join('')
}

function userMessage(text: string): JsonObject {
  return { type: 'message', role: 'user', content: [{ type: 'input_text', text }] }
}
