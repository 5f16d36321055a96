import type { WireName } from '../../core/model.ts'

/** Wires that models refused although their catalogue lists them; kept while the process lives. */
export interface WireMemory {
  refused(provider: string, model: string): ReadonlySet<WireName>
  learn(provider: string, model: string, refused: WireName): void
}

const NONE: ReadonlySet<WireName> = new Set()
const MAX_MODELS = 1000

export function createWireMemory(): WireMemory {
  const known = new Map<string, Set<WireName>>()
  return {
    refused: (provider, model) =>
      known.size === 0 ? NONE : (known.get(`${provider}/${model}`) ?? NONE),
    learn(provider, model, refused) {
      const key = `${provider}/${model}`
      const wires = known.get(key)
      if (wires !== undefined) wires.add(refused)
      else if (known.size < MAX_MODELS) known.set(key, new Set([refused]))
    },
  }
}
