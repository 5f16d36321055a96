import { BadGatewayError, errorFromStatus } from '../core/errors.ts'
import type { JetwayError } from '../core/errors.ts'
import { asNumber, asObject, asString } from '../core/json.ts'
import type { JsonObject, JsonValue } from '../core/json.ts'

/** An error event that an upstream wrote into a stream: its words, as an error to throw. */
export function errorFromEvent(event: JsonObject): JetwayError {
  const said = asObject(event['error']) ?? event
  const message =
    asString(said['message']) ?? asString(event['error']) ?? 'the stream failed upstream'
  const code = said['code']
  const status = asNumber(said['status']) ?? asNumber(code) ?? Number(asString(code))
  const details = { code: textOf(code) ?? asString(said['type']), body: event }
  return status >= 400 && status < 600
    ? errorFromStatus(status, message, details)
    : new BadGatewayError(message, details)
}

function textOf(value: JsonValue | undefined): string | undefined {
  return typeof value === 'number' ? String(value) : asString(value)
}
