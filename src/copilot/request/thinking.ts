import { asNumber, asObject, asString } from '../../core/json.ts'
import type { Draft } from '../../core/upstream.ts'
import type { Changes } from './changes.ts'
import { thinksOnlyAdaptively } from './model-rules.ts'
import { withMember } from './tool-schemas.ts'

/** Anthropic's own minimum; a smaller budget is refused. */
const LEAST_BUDGET = 1024

/** `thinking` in the form this Claude model takes: a budget, or adaptive, or none at all. */
export function fitThinking({ body, model }: Draft, changes: Changes): void {
  const thinking = asObject(body['thinking'])
  const type = asString(thinking?.['type'])
  if (!thinking || (type !== 'enabled' && type !== 'adaptive')) return
  const { adaptiveThinking, maxThinkingBudget, minThinkingBudget } = model.supports
  const budget = asNumber(thinking['budget_tokens'])
  const least = Math.max(LEAST_BUDGET, minThinkingBudget ?? 0)
  const off = (reason: string): void => {
    changes.remove('thinking', reason)
    changes.lose('thinking')
  }

  if (!adaptiveThinking && maxThinkingBudget === undefined) {
    // An entry that says nothing of what the model supports says nothing about thinking either.
    const says = asObject(asObject(model.raw['capabilities'])?.['supports'])
    if (says) off(`${model.id} does not think on request`)
    return
  }
  if (type === 'enabled' && budget !== undefined && budget < LEAST_BUDGET) {
    off(`a budget below ${LEAST_BUDGET} tokens is no thinking`)
    return
  }
  if (type === 'enabled' && thinksOnlyAdaptively(model)) {
    const adaptive = { ...withMember(thinking, 'budget_tokens', undefined), type: 'adaptive' }
    changes.set('thinking', adaptive, 'repaired', `${model.id} decides itself how much it thinks`)
    return
  }
  if (type === 'adaptive' && adaptiveThinking) {
    if (thinking['budget_tokens'] === undefined) return
    const plain = withMember(thinking, 'budget_tokens', undefined)
    changes.set('thinking', plain, 'repaired', 'adaptive thinking takes no budget')
    return
  }
  const most = maxThinkingBudget ?? Number.MAX_SAFE_INTEGER
  const room = (asNumber(body['max_tokens']) ?? most + 1) - 1
  const wanted = type === 'enabled' ? budget : Math.min(most, room)
  if (wanted === undefined) return
  if (type === 'adaptive' && room < least) {
    off(`max_tokens leaves no room for a budget, which is all ${model.id} knows`)
    return
  }
  const fitted = Math.min(Math.max(wanted, least), most)
  if (type === 'enabled' && fitted === budget) return
  changes.set(
    'thinking',
    { ...thinking, type: 'enabled', budget_tokens: fitted },
    'repaired',
    `${model.id} thinks within a budget of ${least} to ${most} tokens`,
  )
}
