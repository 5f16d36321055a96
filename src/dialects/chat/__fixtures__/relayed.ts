import type { StreamOptions } from '../../../core/dialect.ts'
import type { JsonObject } from '../../../core/json.ts'
import { createRelayFilter } from '../relay.ts'
import { sse } from './chunks.ts'

export const options: StreamOptions = {
  requestId: 'request-1',
  includeUsage: false,
  nowMs: 1_790_000_000_123,
  candidates: 1,
}

export function run(chunks: readonly Uint8Array[], changed: Partial<StreamOptions> = {}) {
  const filter = createRelayFilter({ ...options, ...changed })
  const out = chunks.map((bytes) => Buffer.from(filter.push(bytes)))
  out.push(Buffer.from(filter.end()))
  return { text: Buffer.concat(out).toString(), filter }
}

export function events(text: string): (JsonObject | string)[] {
  return text
    .split('\n\n')
    .filter((event) => event !== '')
    .map((event) => {
      const data = event.replace(/^data: /, '')
      return data.startsWith('{') ? (JSON.parse(data) as JsonObject) : data
    })
}

export const relayed = (
  input: readonly (JsonObject | string)[],
  changed?: Partial<StreamOptions>,
) => events(run([sse(...input)], changed).text)
