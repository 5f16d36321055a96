import { isJsonObject, tryParseJson } from '../core/json.ts'
import type { JsonObject } from '../core/json.ts'
import { need, Unmet } from './check.ts'
import { excerpt } from './server.ts'
import type { Reply } from './server.ts'

export interface StreamEvent {
  readonly event: string | undefined
  readonly data: string
}

/** The events of a stream that succeeded. https://html.spec.whatwg.org/multipage/server-sent-events.html */
export function eventsOf(reply: Reply): readonly StreamEvent[] {
  need(reply.status === 200, `status ${reply.status}, not 200: ${excerpt(reply.text)}`)
  const type = reply.headers.get('content-type') ?? 'none'
  need(type.startsWith('text/event-stream'), `content-type is ${type}, not text/event-stream`)
  const events = reply.text.split(/\r?\n\r?\n/).flatMap((block) => readBlock(block))
  need(events.length > 0, 'the stream holds no event')
  return events
}

/** Comments and empty lines are no events. */
function readBlock(block: string): readonly StreamEvent[] {
  let event: string | undefined
  const data: string[] = []
  for (const line of block.split(/\r?\n/)) {
    const colon = line.indexOf(':')
    if (colon <= 0) continue
    const value = line.slice(colon + 1).replace(/^ /, '')
    const field = line.slice(0, colon)
    if (field === 'event') event = value
    if (field === 'data') data.push(value)
  }
  return data.length === 0 ? [] : [{ event, data: data.join('\n') }]
}

export function dataOf({ data }: StreamEvent): JsonObject {
  const value = tryParseJson(data)
  if (isJsonObject(value)) return value
  throw new Unmet(`an event’s data is no JSON object: ${excerpt(data)}`)
}
