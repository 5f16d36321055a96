import { asObject, asString } from '../../core/json.ts'
import type { JsonObject } from '../../core/json.ts'
import { imagesOf, messagesOf } from '../chat/read-chat.ts'
import { imagesInMessages } from '../messages/read-messages.ts'
import { objectsIn } from '../prompts/content.ts'
import { imagesInItem, inputItems, itemType } from '../responses/read-responses.ts'
import type { RecordedRequest } from './recorded-request.ts'

/** What an editor sends with every call of a model. */
const REQUIRED = [
  'authorization',
  'content-type',
  'copilot-integration-id',
  'editor-plugin-version',
  'editor-version',
  'openai-intent',
  'user-agent',
  'x-github-api-version',
  'x-initiator',
  'x-interaction-type',
  'x-request-id',
]

const WIRES = new Set(['chat', 'responses', 'messages', 'responses-ws-message'])

/**
 * What the original lets pass and a careful client would not send: headers that are missing or sent twice, the
 * vision header on text, a call said to be a person's whose last turn is a tool's.
 */
export function remarksOn(record: RecordedRequest): string[] {
  const remarks = twice(record.rawHeaders).map((name) => `${name} is sent more than once`)
  if (!WIRES.has(record.route)) return remarks
  const { headers } = record
  if (record.credential === 'copilot' && record.route !== 'responses-ws-message') {
    const missing = REQUIRED.filter((name) => headers[name] === undefined)
    remarks.push(...missing.map((name) => `${name} is missing`))
  }
  const body = asObject(record.body)
  if (!body) return remarks
  if (headers['copilot-vision-request'] === 'true' && !hasImage(record.route, body)) {
    remarks.push('copilot-vision-request is sent without an image')
  }
  if (record.initiator === 'user' && !endsWithPerson(record.route, body)) {
    remarks.push('x-initiator is user, but the last turn is not from a person')
  }
  return remarks
}

function twice(rawHeaders: readonly string[]): string[] {
  const names = rawHeaders.filter((_, at) => at % 2 === 0).map((name) => name.toLowerCase())
  return [...new Set(names.filter((name, at) => names.indexOf(name) !== at))]
}

function hasImage(route: string, body: JsonObject): boolean {
  if (route === 'chat') return messagesOf(body).flatMap(imagesOf).length > 0
  if (route === 'messages') return imagesInMessages(body).length > 0
  return inputItems(body).flatMap(imagesInItem).length > 0
}

/** Instructions are nobody's turn: coding agents put some of them behind what a person said. */
const isTurn = ({ role }: JsonObject): boolean => role !== 'system' && role !== 'developer'

function endsWithPerson(route: string, body: JsonObject): boolean {
  if (route === 'chat') return messagesOf(body).findLast(isTurn)?.['role'] === 'user'
  if (route === 'messages') {
    const last = objectsIn(body['messages']).findLast(isTurn)
    const blocks = objectsIn(last?.['content'])
    const said = asString(last?.['content']) !== undefined
    return (
      last?.['role'] === 'user' && (said || blocks.some((one) => one['type'] !== 'tool_result'))
    )
  }
  const last = inputItems(body).findLast(isTurn)
  return last !== undefined && itemType(last) === 'message' && last['role'] === 'user'
}
