import type { Caller } from '../../core/call.ts'
import type { Clock } from '../../core/clock.ts'
import { asArray, asObject, asString, isJsonObject, tryParseJson } from '../../core/json.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import type { Log } from '../../core/log.ts'
import type { ResponseStore, StoredResponse } from '../../core/response-store.ts'
import type { ResponsesSettings } from '../../core/settings.ts'

/** A response with all that was said before it. */
export interface KeptResponse {
  readonly input: readonly JsonValue[]
  readonly response: JsonObject
}

/** The gateway's memory of responses, on behalf of upstreams that have none. */
export interface ResponseBook {
  /** Written in the background; found at once by this process. */
  keep(caller: Caller, kept: KeptResponse): void
  /** Rejects when the store is away. */
  find(id: string, caller: Caller): Promise<KeptResponse | undefined>
  remove(id: string, caller: Caller): Promise<boolean>
  /** Resolves when everything is written. */
  flush(): Promise<void>
}

export interface ResponseBookOptions {
  readonly store: ResponseStore
  readonly settings: () => ResponsesSettings
  readonly clock: Clock
  readonly log: Log
}

const MOST_RESPONSES = 1000
const WELL_FORMED = /^[\w-]{1,200}$/

export function createResponseBook(options: ResponseBookOptions): ResponseBook {
  const { store, settings, clock, log } = options
  /** A client goes on from a response the moment it has it, which may be before it is written. */
  const unwritten = new Map<string, { readonly owner: string; readonly response: StoredResponse }>()
  const writes = new Set<Promise<void>>()

  return {
    keep(caller, { input, response }) {
      const { keepMs, keepBytes } = settings()
      const id = asString(response['id'])
      if (keepMs <= 0 || id === undefined || !WELL_FORMED.test(id)) return
      const now = clock.now()
      const owner = ownerOf(caller)
      const body = JSON.stringify({ input, response })
      if (Buffer.byteLength(body) > keepBytes) return
      const stored = { id, owner, createdAt: now, expiresAt: now + keepMs, body }
      const entry = { owner, response: stored }
      unwritten.set(id, entry)
      const write = store
        .save(stored, { maxCount: MOST_RESPONSES, maxBytes: keepBytes })
        .catch((error: unknown) => {
          // Not the message: a driver's may hold what was to be written.
          const cause = error instanceof Error ? error.name : typeof error
          log.warn('a response could not be kept; a client that goes on from it is refused', {
            cause,
          })
        })
        .finally(() => {
          writes.delete(write)
          if (unwritten.get(id) === entry) unwritten.delete(id)
        })
      writes.add(write)
    },
    async find(id, caller) {
      if (!WELL_FORMED.test(id)) return undefined
      const owner = ownerOf(caller)
      const fresh = unwritten.get(id)
      const found =
        fresh?.owner === owner ? fresh.response : await store.find(id, owner, clock.now())
      return found && readBody(found.body)
    },
    async remove(id, caller) {
      if (!WELL_FORMED.test(id)) return false
      await Promise.all(writes)
      return await store.remove(id, ownerOf(caller), clock.now())
    },
    async flush() {
      await Promise.all(writes)
    },
  }
}

/** A key's responses are its own; those of the master key, or of an open gateway, are the seat's. */
export function ownerOf({ kind, keyId, seat }: Caller): string {
  return kind === 'key' && keyId !== undefined ? `key:${keyId}` : `seat:${seat}`
}

function readBody(body: string): KeptResponse | undefined {
  const kept = tryParseJson(body)
  if (!isJsonObject(kept)) return undefined
  return { input: asArray(kept['input']), response: asObject(kept['response']) ?? {} }
}
