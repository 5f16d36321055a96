import { generateKeySchema } from '../../policy/admin/fields.ts'
import type { KeyFields } from '../../policy/admin/fields.ts'
import type { CommandInput } from '../command.ts'
import { UsageError } from '../exit-codes.ts'

type Read = (text: string, option: string) => unknown

const asText: Read = (text) => text
const asList: Read = (text) => text.split(',').map((part) => part.trim())
const asNumber: Read = (text, option) => {
  const number = Number(text)
  if (text.trim() === '' || !Number.isFinite(number)) {
    throw new UsageError(`'--${option}' must be a number`)
  }
  return number
}

/** Option to field. The schema that guards the HTTP endpoint checks the values here too. */
const FIELDS: readonly (readonly [option: string, field: keyof KeyFields, read: Read])[] = [
  ['alias', 'key_alias', asText],
  ['user', 'user_id', asText],
  ['team', 'team_id', asText],
  ['models', 'models', asList],
  ['routes', 'allowed_routes', asList],
  ['expires', 'duration', asText],
  ['rpm', 'rpm_limit', asNumber],
  ['tpm', 'tpm_limit', asNumber],
  ['parallel', 'max_parallel_requests', asNumber],
  ['budget', 'max_budget_credits', asNumber],
  ['budget-usd', 'max_budget', asNumber],
  ['soft-budget', 'soft_budget_credits', asNumber],
  ['per', 'budget_duration', asText],
]

export function keyFieldsFrom({ options }: CommandInput): KeyFields {
  const given: Record<string, unknown> = {}
  for (const [option, field, read] of FIELDS) {
    const text = options.get(option)
    if (typeof text === 'string') given[field] = read(text, option)
  }
  if (options.has('budget') && options.has('budget-usd')) {
    throw new UsageError("give the budget as '--budget' or as '--budget-usd', not both")
  }
  if (options.has('per') && !options.has('budget') && !options.has('budget-usd')) {
    throw new UsageError("'--per' says when a budget returns: give '--budget' as well")
  }
  const checked = generateKeySchema().safeParse(given)
  if (checked.success) return checked.data
  const [issue] = checked.error.issues
  const field = issue?.path[0]
  const option = FIELDS.find(([, name]) => name === field)?.[0] ?? String(field)
  throw new UsageError(`'--${option}': ${issue?.message ?? 'is wrong'}`)
}
