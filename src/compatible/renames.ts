import type { Mend } from '../core/upstream.ts'

type Rename = Extract<Mend, { kind: 'rename-parameter' }>

/** What models call `max_tokens`, as far as they said so; kept while the process lives. */
export interface Renames {
  of(model: string): Rename | undefined
  learn(rename: Rename): void
}

const MAX_MODELS = 1000

export function createRenames(): Renames {
  const known = new Map<string, Rename>()
  return {
    of: (model) => known.get(model),
    learn(rename) {
      if (known.size < MAX_MODELS || known.has(rename.model)) known.set(rename.model, rename)
    },
  }
}
