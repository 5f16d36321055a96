import type { Clock } from '../../core/clock.ts'
import type { WireName } from '../../core/model.ts'

/** Wires that models refused although their catalogue lists them. Asked again after a while: upstreams learn, too. */
export interface WireMemory {
  refused(provider: string, model: string): ReadonlySet<WireName>
  learn(provider: string, model: string, refused: WireName): void
  /** Models that refused tools of other kinds than functions. */
  takesOnlyFunctions(provider: string, model: string): boolean
  learnOnlyFunctions(provider: string, model: string): void
}

const NONE: ReadonlySet<WireName> = new Set()
const MAX_MODELS = 1000
const FORGET_MS = 3_600_000

export function createWireMemory(clock: Clock): WireMemory {
  const known = new Map<string, { readonly wires: Set<WireName>; until: number }>()
  const plain = new Map<string, number>()
  return {
    takesOnlyFunctions(provider, model) {
      return plain.size > 0 && clock.monotonic() < (plain.get(`${provider}/${model}`) ?? 0)
    },
    learnOnlyFunctions(provider, model) {
      const key = `${provider}/${model}`
      if (plain.size < MAX_MODELS || plain.has(key)) plain.set(key, clock.monotonic() + FORGET_MS)
    },
    refused(provider, model) {
      if (known.size === 0) return NONE
      const key = `${provider}/${model}`
      const entry = known.get(key)
      if (entry === undefined) return NONE
      if (clock.monotonic() < entry.until) return entry.wires
      known.delete(key)
      return NONE
    },
    learn(provider, model, refused) {
      const key = `${provider}/${model}`
      const until = clock.monotonic() + FORGET_MS
      const entry = known.get(key)
      if (entry !== undefined) {
        entry.wires.add(refused)
        entry.until = until
      } else if (known.size < MAX_MODELS) known.set(key, { wires: new Set([refused]), until })
    },
  }
}
