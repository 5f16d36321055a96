import type { Clock } from '../../core/clock.ts'
import type { Model, WireName } from '../../core/model.ts'
import type { Mend } from '../../core/upstream.ts'
import { isAnthropic } from './model-rules.ts'

/** What refusals taught about a model that its catalogue entry does not say. */
export interface Lessons {
  learn(mend: Mend): void
  /** Parameters the model refuses. */
  dropped(model: string, ofThisCall: readonly Mend[]): readonly string[]
  /** What a parameter is called instead, by its usual name. */
  renamed(model: string, ofThisCall: readonly Mend[]): ReadonlyMap<string, string>
  /** The model without wires it refused; the same object when it refused none. */
  apply(model: Model): Model
}

interface Learned {
  readonly dropped: Map<string, number>
  readonly renamed: Map<string, { readonly to: string; readonly until: number }>
  readonly refusedWires: Map<WireName, number>
}

/** A refusal may have been a bad day of the upstream: after this long the catalogue is believed again. */
const REMEMBERED_MS = 3_600_000
const MOST_MODELS = 500
const NONE: readonly string[] = []
const SAME: ReadonlyMap<string, string> = new Map()

export function createLessons(clock: Clock): Lessons {
  const models = new Map<string, Learned>()

  function of(model: string): Learned {
    const known = models.get(model)
    if (known) return known
    const oldest = models.keys().next().value
    if (models.size >= MOST_MODELS && oldest !== undefined) models.delete(oldest)
    const learned: Learned = { dropped: new Map(), renamed: new Map(), refusedWires: new Map() }
    models.set(model, learned)
    return learned
  }

  return {
    learn(mend) {
      const until = clock.monotonic() + REMEMBERED_MS
      if (mend.kind === 'drop-parameter') of(mend.model).dropped.set(mend.name, until)
      else if (mend.kind === 'other-wire') of(mend.model).refusedWires.set(mend.wire, until)
      else if (mend.kind === 'rename-parameter') {
        of(mend.model).renamed.set(mend.from, { to: mend.to, until })
      }
    },
    dropped(model, ofThisCall) {
      const known = models.get(model)
      if ((!known || known.dropped.size === 0) && ofThisCall.length === 0) return NONE
      const now = clock.monotonic()
      const names = [...(known?.dropped ?? [])].filter(([, until]) => until > now)
      const own = ofThisCall.filter((lesson) => lesson.kind === 'drop-parameter')
      return [...names.map(([name]) => name), ...own.map(({ name }) => name)]
    },
    renamed(model, ofThisCall) {
      const known = models.get(model)
      if ((!known || known.renamed.size === 0) && ofThisCall.length === 0) return SAME
      const now = clock.monotonic()
      const names = new Map<string, string>()
      for (const [from, { to, until }] of known?.renamed ?? []) if (until > now) names.set(from, to)
      for (const lesson of ofThisCall) {
        if (lesson.kind === 'rename-parameter') names.set(lesson.from, lesson.to)
      }
      return names
    },
    apply(model) {
      const refused = models.get(model.id)?.refusedWires
      if (!refused || refused.size === 0) return model
      const now = clock.monotonic()
      const isRefused = (wire: WireName): boolean => (refused.get(wire) ?? 0) > now
      const left = model.wires.filter((wire) => !isRefused(wire))
      if (left.length === model.wires.length) return model
      if (left.length > 0) return { ...model, wires: left }
      const others = otherWires(model).filter((wire) => !isRefused(wire))
      // Nothing left to try: the catalogue's word is as good as any.
      return others.length > 0 ? { ...model, wires: others } : model
    },
  }
}

/** Wires of such a model that its entry does not list. */
function otherWires(model: Model): readonly WireName[] {
  if (model.kind !== 'chat') return []
  const all: readonly WireName[] = isAnthropic(model) ? ['messages', 'chat'] : ['responses', 'chat']
  return all.filter((wire) => !model.wires.includes(wire))
}
