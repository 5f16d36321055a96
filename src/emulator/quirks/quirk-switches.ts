import type { CatalogueModel } from '../catalogue/entry.ts'
import { QUIRKS_BY_MANNER } from './quirk.ts'
import type { QuirkSet, Quirks } from './quirk.ts'

/** The quirks as they are switched now. */
export interface QuirkSwitches {
  set(change: QuirkSet): void
  /** Of a model, or of one that does not exist: then only what is switched for all. */
  of(model: CatalogueModel | undefined): Quirks
  list(): QuirkSet[]
  reset(): void
}

export function createQuirkSwitches(initial: readonly QuirkSet[]): QuirkSwitches {
  const sets = new Map<string, Partial<Quirks>>()

  const set = ({ model, quirks }: QuirkSet): void => {
    for (const [name, value] of Object.entries(quirks ?? {})) check(name, value)
    sets.set(model, { ...sets.get(model), ...quirks })
  }
  const reset = (): void => {
    sets.clear()
    for (const change of initial) set(change)
  }
  reset()

  return {
    set,
    of(model) {
      const usual = QUIRKS_BY_MANNER[model?.traits.manner ?? 'plain']
      return { ...usual, ...sets.get('*'), ...(model && sets.get(model.entry.id)) }
    },
    list: () => [...sets].map(([model, quirks]) => ({ model, quirks })),
    reset,
  }
}

function check(name: string, value: unknown): void {
  const usual = QUIRKS_BY_MANNER.plain
  if (!Object.hasOwn(usual, name)) {
    throw new TypeError(
      `quirk '${name}' is not known; the quirks are ${Object.keys(usual).join(', ')}`,
    )
  }
  const wanted = typeof usual[name as keyof Quirks]
  if (typeof value !== wanted) throw new TypeError(`quirk '${name}' takes a ${wanted}`)
}
