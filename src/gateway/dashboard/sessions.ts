import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import type { Clock } from '../../core/clock.ts'

/** A working day. */
export const SESSION_MS = 12 * 3_600_000
/** Sessions that were ended before their time and are remembered until then; the oldest are forgotten first. */
const MAX_ENDED = 10_000
const ID_BYTES = 16
const NONCE_BYTES = 12
const TAG_BYTES = 16
/** A cookie with the longest key that is taken. */
const MAX_TOKEN_LENGTH = 3_500
const MAX_KEY_LENGTH = 2_000

/** What a browser holds in place of a key, and the key again. */
export interface Sessions {
  /** A new session for this key: the cookie's value. `undefined`: the key is too long for a cookie. */
  open(key: string): string | undefined
  /** The key behind it; `undefined` when it is not ours, over, or ended. */
  keyOf(token: string): string | undefined
  /** Resolves when every process will know of it; rejects when the store did not take it: then only this one does. */
  end(token: string): Promise<void>
  close(): void
}

/** Where processes tell each other which sessions were ended before their time. */
export interface EndedSessions {
  end(id: string, expiresAtMs: number): Promise<void>
  list(nowMs: number): Promise<readonly { readonly id: string; readonly expiresAtMs: number }[]>
}

/** As a revoked key, a session that was ended elsewhere is refused here within this time. */
const FRESH_MS = 1_000
/** Nobody at the page for so long: then nobody is asked until somebody comes. */
const WATCH_MS = 15 * 60_000

/**
 * The key travels in the cookie, encrypted under a secret made from the master key: every worker and every replica can read
 * it, a restart ends nothing, and a new master key ends all. The page's scripts cannot read it, and whoever reads the
 * database or this process's tables finds no key. Whether the key is still good is asked anew for each request.
 */
export function createSessions(
  secret: () => string | undefined,
  clock: Clock,
  shared?: EndedSessions,
): Sessions {
  const ownSecret = randomBytes(32)
  const ended = new Map<string, number>()
  let usedAt = Number.NEGATIVE_INFINITY
  let cancelTimer: (() => void) | undefined
  let closed = false

  const remember = (id: string, until: number): void => {
    ended.set(id, until)
    forgetOld()
  }

  /** A store that does not answer says nothing new: what is known stays known. */
  const learn = async (store: EndedSessions): Promise<void> => {
    const known = await store.list(clock.now()).catch(() => [])
    for (const { id, expiresAtMs } of known) remember(id, expiresAtMs)
  }

  const watch = (store: EndedSessions): void => {
    if (closed || cancelTimer !== undefined || clock.monotonic() - usedAt > WATCH_MS) return
    cancelTimer = clock.setTimer(FRESH_MS, () => {
      void learn(store).then(() => {
        cancelTimer = undefined
        watch(store)
      })
    })
  }
  if (shared) void learn(shared)

  const sealKey = (id: Buffer): Buffer =>
    Buffer.from(hkdfSync('sha256', secret() ?? ownSecret, id, 'jetway dashboard session', 32))

  const forgetOld = (): void => {
    const now = clock.now()
    for (const [id, until] of ended) {
      if (until > now && ended.size <= MAX_ENDED) return
      ended.delete(id)
    }
  }

  const read = (token: string): Opened | undefined => {
    if (token.length > MAX_TOKEN_LENGTH) return undefined
    const bytes = Buffer.from(token, 'base64url')
    if (bytes.length <= ID_BYTES + NONCE_BYTES + TAG_BYTES) return undefined
    const id = bytes.subarray(0, ID_BYTES)
    const nonce = bytes.subarray(ID_BYTES, ID_BYTES + NONCE_BYTES)
    const tag = bytes.subarray(bytes.length - TAG_BYTES)
    const sealed = bytes.subarray(ID_BYTES + NONCE_BYTES, bytes.length - TAG_BYTES)
    try {
      const decipher = createDecipheriv('aes-256-gcm', sealKey(id), nonce).setAuthTag(tag)
      const text = Buffer.concat([decipher.update(sealed), decipher.final()]).toString()
      const at = text.indexOf(' ')
      return { id: id.toString('hex'), until: Number(text.slice(0, at)), key: text.slice(at + 1) }
    } catch {
      return undefined
    }
  }

  return {
    open(key) {
      if (key.length > MAX_KEY_LENGTH) return undefined
      const id = randomBytes(ID_BYTES)
      const nonce = randomBytes(NONCE_BYTES)
      const cipher = createCipheriv('aes-256-gcm', sealKey(id), nonce)
      const text = `${clock.now() + SESSION_MS} ${key}`
      const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
      return Buffer.concat([id, nonce, sealed, cipher.getAuthTag()]).toString('base64url')
    },
    keyOf(token) {
      usedAt = clock.monotonic()
      if (shared) watch(shared)
      const opened = read(token)
      if (!opened || opened.until <= clock.now() || ended.has(opened.id)) return undefined
      return opened.key
    },
    async end(token) {
      const opened = read(token)
      if (!opened) return
      remember(opened.id, opened.until)
      await shared?.end(opened.id, opened.until)
    },
    close() {
      closed = true
      cancelTimer?.()
    },
  }
}

interface Opened {
  readonly id: string
  readonly until: number
  readonly key: string
}
