import type { Model } from '../../core/model.ts'
import type { ModelKnowledge } from '../failure/model-refusal.ts'
import type { Lessons } from '../request/lessons.ts'

/** The entries last seen, by id, whoever's catalogue they were in: what reading a refusal needs to know of a model. */
export interface ModelMemory extends Pick<ModelKnowledge, 'openPolicy' | 'hasOtherWire'> {
  keep(models: readonly Model[]): readonly Model[]
  /** Its policy was accepted. */
  accepted(model: string): void
}

export function createModelMemory(lessons: Lessons): ModelMemory {
  const models = new Map<string, Model>()
  return {
    keep(list) {
      // Bounded by what the upstream lists; a name no longer listed does no harm until there are many.
      if (models.size > 2_000) models.clear()
      for (const model of list) models.set(model.id, model)
      return list
    },
    accepted(id) {
      const model = models.get(id)
      if (model) models.set(id, { ...model, policy: undefined })
    },
    openPolicy(id) {
      const policy = models.get(id)?.policy
      return policy && policy.state !== 'enabled' ? policy : undefined
    },
    hasOtherWire(id, wire) {
      const model = models.get(id)
      if (!model || model.kind !== 'chat') return false
      if (lessons.apply(model).wires.some((other) => other !== wire)) return true
      return wire === 'chat' && listsNoWires(model)
    },
  }
}

function listsNoWires({ raw }: Model): boolean {
  return !Array.isArray(raw['supported_endpoints'])
}
