import { BadGatewayError } from '../../core/errors.ts'
import type { JetwayError } from '../../core/errors.ts'
import { isJsonObject, tryParseJson } from '../../core/json.ts'
import { errorFromBody } from './errors.ts'

/**
 * What a line that is no event means: an upstream that answers a streamed request with a JSON body, mostly an error with
 * the status 200. Undefined for anything that clients of event streams pass over.
 */
export function errorFromUnframed(event: Buffer): JetwayError | undefined {
  const text = event.toString('utf8').trim()
  if (!text.startsWith('{')) return undefined
  const body = tryParseJson(text)
  if (isJsonObject(body) && body['error'] !== undefined) return errorFromBody(body)
  return new BadGatewayError('The upstream did not stream its answer.', { code: 'broken_stream' })
}
