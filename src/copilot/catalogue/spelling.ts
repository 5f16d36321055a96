import { asString } from '../../core/json.ts'
import type { Model } from '../../core/model.ts'

/** Finds a model by whatever people call it. */
export interface ModelIndex {
  find(id: string): Model | undefined
}

/**
 * `claude-sonnet-4-5`, `claude-sonnet-4.5` and `claude-sonnet-4-5-20250929` are one model, and so is one with `[1m]` where the
 * catalogue has no such variant. The exact id always wins.
 */
export function createModelIndex(models: readonly Model[]): ModelIndex {
  const exact = new Map<string, Model>()
  const loose = new Map<string, Model>()
  for (const model of models) exact.set(model.id, model)
  for (const model of models) keep(loose, canonical(model.id), model)
  // A dated version names the model too, unless a model of its own has that name.
  for (const model of models) {
    const version = asString(model.raw['version'])
    if (version) keep(loose, canonical(version), model)
  }

  return {
    find(id) {
      const found = exact.get(id)
      if (found) return found
      for (const name of spellings(id)) {
        const known = loose.get(name)
        if (known) return known
      }
      return undefined
    },
  }
}

function keep(index: Map<string, Model>, name: string, model: Model): void {
  if (!index.has(name)) index.set(name, model)
}

/** Dots between digits are a matter of taste, case is none. */
function canonical(id: string): string {
  return id.trim().toLowerCase().replaceAll('.', '-')
}

function spellings(id: string): readonly string[] {
  const name = canonical(id.replace(/^(?:github_copilot|anthropic|openai|google)\//i, ''))
  const plain = name.replace(/\[1m\]$/, '')
  const undated = plain.replace(/(?:[-@]\d{8}|-\d{4}-\d{2}-\d{2}|-latest)$/, '')
  const long = name === plain ? [] : [`${plain}-1m`, `${undated}-1m`]
  // Anthropic writes `claude-sonnet-4-0` for what the catalogue calls `claude-sonnet-4`.
  return [...long, plain, undated, undated.replace(/-0$/, '')]
}
