import { asArray, asObject, asString, isJsonObject } from '../../core/json.ts'
import type { JsonObject } from '../../core/json.ts'
import { need } from '../check.ts'
import { jsonOf, okOf } from '../server.ts'
import type { Reply, Server } from '../server.ts'
import { count, filled, list, needShape, object, word, seen } from '../shape.ts'

export const REFERENCE = 'https://ai.google.dev/api/generate-content'
export const FUNCTIONS = 'https://ai.google.dev/gemini-api/docs/function-calling'
export const THINKING = 'https://ai.google.dev/gemini-api/docs/thinking'
export const STRUCTURED = 'https://ai.google.dev/gemini-api/docs/structured-output'
export const TROUBLE = 'https://ai.google.dev/gemini-api/docs/troubleshooting'

const FINISH_REASONS = [
  'STOP',
  'MAX_TOKENS',
  'SAFETY',
  'RECITATION',
  'OTHER',
  'MALFORMED_FUNCTION_CALL',
]

const USAGE = object({ promptTokenCount: count, totalTokenCount: count })

const ANSWER = object({
  candidates: list(
    object({
      content: object({ role: word('model'), parts: list(object({})) }),
      finishReason: word(...FINISH_REASONS),
    }),
    1,
  ),
  usageMetadata: USAGE,
  modelVersion: filled,
})

export function user(...parts: readonly JsonObject[]): JsonObject {
  return { role: 'user', parts: [...parts] }
}

export function model(...parts: readonly JsonObject[]): JsonObject {
  return { role: 'model', parts: [...parts] }
}

export function said(text: string): JsonObject {
  return { text }
}

export function post(server: Server, action: string, body: JsonObject): Promise<Reply> {
  return server.ask({ path: `/models/${encodeURIComponent(server.model)}:${action}`, body })
}

export function contents(extra: JsonObject = {}): JsonObject {
  return { contents: [user(said('Say hello.'))], ...extra }
}

/** An answer that succeeded and has the right shape. */
export async function generate(server: Server, extra: JsonObject = {}): Promise<JsonObject> {
  const answer = okOf(await post(server, 'generateContent', contents(extra)))
  needShape(answer, ANSWER)
  return answer
}

export function candidateOf(answer: JsonObject): JsonObject {
  return asObject(asArray(answer['candidates'])[0]) ?? {}
}

export function partsOf(answer: JsonObject): JsonObject[] {
  return asArray(asObject(candidateOf(answer)['content'])?.['parts']).filter(isJsonObject)
}

/** Without thoughts. */
export function textOf(answers: readonly JsonObject[]): string {
  return answers
    .flatMap(partsOf)
    .flatMap((part) => (part['thought'] === true ? [] : (asString(part['text']) ?? [])))
    .join('')
}

export function callsOf(answers: readonly JsonObject[]): JsonObject[] {
  return answers
    .flatMap(partsOf)
    .map((part) => part['functionCall'])
    .filter(isJsonObject)
}

/** Google's error: https://cloud.google.com/apis/design/errors#http_mapping */
export function needError(reply: Reply, code: number, status: string): void {
  need(reply.status === code, `status ${reply.status}, not ${code}`)
  const error = object({ message: filled, status: word(status) })
  const body = jsonOf(reply)
  needShape(body, object({ error }))
  const said = asObject(body['error'])?.['code']
  need(said === code, `error.code is ${seen(said)}, not ${code}`)
}
