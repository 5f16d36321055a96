import type { Draft } from '../../core/upstream.ts'
import { asObject, asString } from '../../core/json.ts'
import type { Changes } from './changes.ts'
import { dropTools, TOOLS_OF_TYPE } from './refused-tools.ts'
import { fitEffort } from './effort.ts'
import { withMember } from './tool-schemas.ts'
import { isAnthropic, isOpenAIReasoner } from './model-rules.ts'

const SAMPLING = ['temperature', 'top_p'] as const

/** `temperature` and `top_p`, where the model refuses them or refuses the two together. 1 is what it does anyway. */
export function fitSampling(draft: Draft, changes: Changes): void {
  const { body, model } = draft
  if (isOpenAIReasoner(model)) {
    for (const name of SAMPLING) {
      if (body[name] === undefined || body[name] === null) continue
      changes.remove(name, `${model.id} is a reasoning model of OpenAI's, which refuses it`)
      if (body[name] !== 1) changes.lose(name)
    }
    return
  }
  if (!isAnthropic(model)) return
  if (typeof body['temperature'] !== 'number' || typeof body['top_p'] !== 'number') return
  const idle = SAMPLING.findLast((name) => body[name] === 1)
  if (idle === undefined) return
  changes.remove(idle, 'Claude models refuse temperature and top_p together; this one does nothing')
}

/** An effort word the model does not have becomes the nearest it has; `where` holds it, or is it. */
export function fitReasoningEffort(
  { model, body }: Draft,
  changes: Changes,
  where: 'reasoning_effort' | 'reasoning' | 'output_config',
): void {
  const holder = asObject(body[where])
  const asked = asString(where === 'reasoning_effort' ? body[where] : holder?.['effort'])
  if (asked === undefined) return
  const known = model.supports.reasoningEfforts
  const fitted = fitEffort(asked, known)
  if (fitted === asked) return
  const name = holder ? `${where}.effort` : where
  const has = known.length === 0 ? 'none' : `only ${known.join(', ')}`
  const reason = `${model.id} has no effort "${asked}" (${has})`
  if (holder) {
    const left = withMember(holder, 'effort', fitted)
    if (Object.keys(left).length === 0) changes.remove(where, reason)
    else changes.set(where, left, fitted === undefined ? 'removed' : 'repaired', reason)
  } else if (fitted === undefined) changes.remove(where, reason)
  else changes.set(where, fitted, 'repaired', reason)
  // A model that cannot reason on request does not reason: nothing is lost of "none".
  if (asked !== 'none' || known.length > 0) changes.lose(name)
}

/** What earlier refusals taught of this model. */
export function applyLessons(
  draft: Draft,
  changes: Changes,
  dropped: readonly string[],
  renamed: ReadonlyMap<string, string>,
): void {
  for (const [from, to] of renamed) rename(changes, from, to, `${draft.model.id} refused ${from}`)
  for (const name of dropped) {
    const reason = `${draft.model.id} refused it before`
    if (name === 'reasoning_effort') dropEffort(draft, changes, reason)
    else if (name.startsWith(TOOLS_OF_TYPE))
      dropTools(changes, name.slice(TOOLS_OF_TYPE.length), reason)
    else if (changes.get(name) !== undefined) {
      changes.remove(name, reason)
      changes.lose(name)
    }
  }
}

function dropEffort({ wire }: Draft, changes: Changes, reason: string): void {
  const where = wire === 'responses' ? 'reasoning' : 'output_config'
  const holder = wire === 'chat' ? undefined : asObject(changes.get(where))
  if (wire === 'chat' && changes.get('reasoning_effort') !== undefined) {
    changes.remove('reasoning_effort', reason)
    changes.lose('reasoning_effort')
  } else if (holder?.['effort'] !== undefined) {
    const left = withMember(holder, 'effort', undefined)
    if (Object.keys(left).length === 0) changes.remove(where, reason)
    else changes.set(where, left, 'removed', reason)
    changes.lose(`${where}.effort`)
  }
}

export function rename(changes: Changes, from: string, to: string, reason: string): void {
  const value = changes.get(from)
  if (value === undefined || value === null) return
  const taken = changes.get(to)
  changes.remove(from, reason)
  if (taken === undefined || taken === null) changes.set(to, value, 'renamed', reason)
}
