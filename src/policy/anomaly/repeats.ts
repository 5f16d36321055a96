import { createHash } from 'node:crypto'

const HALF_WINDOW_MS = 300_000
/** Distinct requests that are counted in half a window; a loop sends one, or a few. */
const MOST_REQUESTS = 256
const SAMPLES = 64
const FNV_OFFSET = 0x811c9dc5
const FNV_PRIME = 0x01000193

/** How often each request came, within ten minutes. */
export interface Repeats {
  /** Notes a request; how often it came by now. `certain`: so many that all their bytes were compared. */
  note(bytes: Uint8Array, nowMs: number, suspicious: number): { times: number; certain: number }
}

/**
 * Two steps, so that a call costs next to nothing: a sum over 64 of the body's bytes tells requests apart well enough to count
 * them, and only one that came suspiciously often is hashed whole.
 */
export function createRepeats(): Repeats {
  let half = -1
  let before = new Map<number | string, number>()
  let now = new Map<number | string, number>()

  const turn = (nowMs: number): void => {
    const current = Math.floor(nowMs / HALF_WINDOW_MS)
    if (current === half) return
    before = current === half + 1 ? now : new Map()
    now = new Map()
    half = current
  }

  const count = (key: number | string): number => {
    const known = now.get(key)
    if (known === undefined && now.size >= MOST_REQUESTS) return before.get(key) ?? 0
    now.set(key, (known ?? 0) + 1)
    return (known ?? 0) + 1 + (before.get(key) ?? 0)
  }

  return {
    note(bytes, nowMs, suspicious) {
      turn(nowMs)
      const times = count(sample(bytes))
      if (times < suspicious) return { times, certain: 0 }
      return { times, certain: count(createHash('sha1').update(bytes).digest('base64')) }
    },
  }
}

/** FNV-1a over the length, bytes at even distances, and the end, where turns of a conversation differ. */
export function sample(bytes: Uint8Array): number {
  const { length } = bytes
  let hash = mix(FNV_OFFSET, length & 0xff, length >>> 8)
  const stride = Math.max(1, Math.floor(length / (SAMPLES / 2)))
  for (let at = 0; at < length; at += stride) hash = mix(hash, bytes[at] ?? 0, at)
  for (let at = Math.max(0, length - SAMPLES / 2); at < length; at++) {
    hash = mix(hash, bytes[at] ?? 0, at)
  }
  return hash >>> 0
}

function mix(hash: number, byte: number, salt: number): number {
  return Math.imul(Math.imul(hash ^ byte, FNV_PRIME) ^ (salt & 0xffff), FNV_PRIME)
}
