import type { Dialect } from '../../core/dialect.ts'
import type { Model } from '../../core/model.ts'
import { chooseWire } from './choose-wire.ts'
import type { WireChoice, WireQuestion } from './choose-wire.ts'

/**
 * Chooses as `chooseWire` does, and says the same value again where a model is asked for again: a catalogue's model is one value
 * until the catalogue is read anew. What models have refused is not in them, so where there is any it is thought through each time.
 */
export function createKnownWires(): (question: WireQuestion) => WireChoice {
  const byModel = new WeakMap<Model, Map<Dialect, (WireChoice | undefined)[]>>()
  return (question) => {
    const { dialect, model, refused, candidates, schema } = question
    if (refused.size > 0) return chooseWire(question)
    let byDialect = byModel.get(model)
    if (byDialect === undefined) {
      byDialect = new Map()
      byModel.set(model, byDialect)
    }
    let choices = byDialect.get(dialect)
    if (choices === undefined) {
      choices = []
      byDialect.set(dialect, choices)
    }
    const place = (candidates ? 1 : 0) + (schema ? 2 : 0)
    return (choices[place] ??= chooseWire(question))
  }
}
