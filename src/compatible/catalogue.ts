import type { CancelSignal } from '../core/cancel-signal.ts'
import type { Clock } from '../core/clock.ts'
import type { HttpClient } from '../core/http.ts'
import { asArray, asString, isJsonObject, tryParseJson } from '../core/json.ts'
import type { JsonObject } from '../core/json.ts'
import type { Access, Failure, Refusal } from '../core/upstream.ts'

export interface CatalogueEntry {
  readonly id: string
  readonly raw: JsonObject
}

export interface Catalogue {
  list(access: Access, signal: CancelSignal): Promise<readonly CatalogueEntry[]>
}

const FRESH_MS = 60_000
const MAX_KNOWN = 100

/** What a gateway lists, by address and key, since keys may see different models. */
export function createCatalogue(
  http: HttpClient,
  clock: Clock,
  read: (refusal: Refusal) => Failure,
): Catalogue {
  const known = new Map<
    string,
    { readonly at: number; readonly entries: readonly CatalogueEntry[] }
  >()
  return {
    async list(access, signal) {
      const key = `${access.origin}${access.basePath}\n${access.authorization['authorization'] ?? ''}`
      const cached = known.get(key)
      if (cached !== undefined && clock.monotonic() - cached.at < FRESH_MS) return cached.entries
      const response = await http.request({
        method: 'GET',
        url: `${access.origin}${access.basePath}/models`,
        headers: { accept: 'application/json', ...access.authorization },
        timeoutMs: 10_000,
        signal,
      })
      if (response.status !== 200) {
        throw read({ ...response, wire: 'chat', model: '', requestId: '' }).error
      }
      const entries = readEntries(response.body)
      const [oldest] = known.keys()
      if (known.size >= MAX_KNOWN && oldest !== undefined) known.delete(oldest)
      known.set(key, { at: clock.monotonic(), entries })
      return entries
    },
  }
}

function readEntries(body: string): readonly CatalogueEntry[] {
  const parsed = tryParseJson(body)
  const list = isJsonObject(parsed) ? asArray(parsed['data']) : []
  return list.flatMap((raw) => {
    const id = isJsonObject(raw) ? asString(raw['id']) : undefined
    return id === undefined || !isJsonObject(raw) ? [] : [{ id, raw }]
  })
}
