import type { IncomingMessage } from 'node:http'
import type { PlanHost } from '../accounts/plans.ts'
import type { JsonValue } from '../../core/json.ts'
import { asObject, tryParseJson } from '../../core/json.ts'
import type { FaultAction } from '../faults/fault.ts'
import type { Credential } from '../gates/credential.ts'
import type { RecordedRequest } from '../records/recorded-request.ts'

/** A request that was read. */
export interface Incoming {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
  /** The parsed body when it is JSON, else `undefined`. */
  readonly json: JsonValue | undefined
  /** Which plan's port it came in on; `undefined` on the one that serves everyone. */
  readonly planHost: PlanHost | undefined
  readonly credential: Credential
  /** The fault that hits this request, for the handlers that know how to. */
  readonly fault: FaultAction | undefined
  readonly record: RecordedRequest
}

export function headersOf(message: IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = {}
  for (let at = 0; at + 1 < message.rawHeaders.length; at += 2) {
    const name = message.rawHeaders[at]?.toLowerCase() ?? ''
    const value = message.rawHeaders[at + 1] ?? ''
    headers[name] = headers[name] === undefined ? value : `${headers[name]}, ${value}`
  }
  return headers
}

/** A body as GitHub's login endpoints take it: JSON or a form. */
export function formOrJson(incoming: Incoming): Readonly<Record<string, string>> {
  const object = asObject(incoming.json)
  if (object) {
    const fields: Record<string, string> = {}
    for (const [name, value] of Object.entries(object)) {
      if (typeof value === 'string') fields[name] = value
    }
    return fields
  }
  return Object.fromEntries(new URLSearchParams(incoming.text))
}

export function parseBody(text: string): JsonValue | undefined {
  return text === '' ? undefined : tryParseJson(text)
}
