import type { CatalogueModel } from '../catalogue/entry.ts'
import { codedError } from '../errors/error-bodies.ts'
import { Refusal } from '../errors/refusal.ts'

/**
 * Only the effort words of the model's own list are taken. A model without a list refuses them when it is Claude;
 * the others ignore them, and GitHub's own command sends one to every model.
 */
export function checkReasoningEffort(model: CatalogueModel, effort: string | undefined): void {
  if (effort === undefined) return
  const efforts = model.entry.capabilities.supports.reasoning_effort
  if (efforts === undefined && model.traits.manner !== 'claude') return
  if (efforts?.includes(effort)) return
  const message =
    efforts === undefined
      ? `model ${model.entry.id} does not support reasoning effort`
      : `reasoning effort "${effort}" is not supported by model ${model.entry.id}; supported values: ${efforts.join(', ')}`
  throw new Refusal('body', codedError(400, 'invalid_reasoning_effort', message))
}
