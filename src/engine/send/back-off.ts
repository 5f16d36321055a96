import type { Random } from '../../core/random.ts'

const FIRST_MS = 500
const LONGEST_MS = 8000

/** Exponential with full jitter: calls that failed together do not come back together. `retry` counts from 1. */
export function backOffMs(retry: number, random: Random): number {
  return random() * Math.min(LONGEST_MS, FIRST_MS * 2 ** (retry - 1))
}
