import { createHash } from 'node:crypto'
import { estimateTokens } from './count-tokens.ts'

/** One piece of a prompt, in order: tools, system, then a message each. */
export interface Segment {
  readonly text: string
  /** Tokens that the text does not show: images. */
  readonly extraTokens?: number
  /** Ends a stretch the client asked to be cached. */
  readonly mark?: boolean
}

/** The size of a prompt, whether cached or not. */
export function countSegments(segments: readonly Segment[]): number {
  return segments.reduce(
    (sum, segment) => sum + estimateTokens(segment.text) + (segment.extraTokens ?? 0),
    0,
  )
}

interface CacheOutcome {
  readonly promptTokens: number
  readonly cacheRead: number
  readonly cacheWrite: number
}

export interface PromptCache {
  /**
   * Counts a prompt and remembers it. `marks`: only what the client marked is cached and writing is counted, as
   * Anthropic does; `prefix`: any repeated prefix is, in steps of 128 tokens, and writing is free, as OpenAI does.
   */
  read(key: string, segments: readonly Segment[], manner: 'marks' | 'prefix'): CacheOutcome
  clear(): void
}

const REMEMBERED = 2000
const STEP = 128

export function createPromptCache(minimumTokens: () => number): PromptCache {
  const known = new Set<string>()
  const remember = (name: string): void => {
    known.delete(name)
    known.add(name)
    if (known.size <= REMEMBERED) return
    const oldest = known.values().next().value
    if (oldest !== undefined) known.delete(oldest)
  }

  return {
    read(key, segments, manner) {
      let chain = key
      let total = 0
      let cached = 0
      let lastMarked = 0
      const minimum = minimumTokens()
      const lastMark = segments.findLastIndex((segment) => segment.mark)
      for (const [index, segment] of segments.entries()) {
        chain = createHash('sha1').update(chain).update(segment.text).digest('base64')
        total += estimateTokens(segment.text) + (segment.extraTokens ?? 0)
        if (total < minimum) continue
        if (manner === 'prefix' || index <= lastMark) {
          if (known.has(chain)) cached = total
        }
        if (segment.mark) lastMarked = total
        if (manner === 'prefix' || segment.mark) remember(chain)
      }
      if (manner === 'marks') {
        return {
          promptTokens: total,
          cacheRead: cached,
          cacheWrite: Math.max(0, lastMarked - cached),
        }
      }
      // A prefix is served in whole steps and never the entire prompt: the last tokens are always read anew.
      const step = minimum < STEP ? 1 : STEP
      const usable = Math.min(cached, Math.max(0, total - 1))
      return { promptTokens: total, cacheRead: usable - (usable % step), cacheWrite: 0 }
    },
    clear() {
      known.clear()
    },
  }
}
