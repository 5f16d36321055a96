import type { JsonObject } from '../../core/json.ts'
import type { Column } from '../table-text.ts'
import { tableText } from '../table-text.ts'

const COLUMNS: readonly Column<JsonObject>[] = [
  { title: 'KEY', text: (key) => word(key['key_name']) },
  { title: 'ALIAS', text: (key) => word(key['key_alias']) },
  { title: 'OWNER', text: owner },
  { title: 'STATE', text: (key) => keyState(key, Date.now()) },
  { title: 'EXPIRES', text: (key) => word(key['expires']).slice(0, 16).replace('T', ' ') },
  { title: 'SPENT', text: (key) => credits(key['spend_credits']), right: true },
  { title: 'BUDGET', text: budget, right: true },
  { title: 'LIMITS', text: limits },
  { title: 'MODELS', text: models },
  { title: 'ID', text: (key) => word(key['key_id']) },
]

export function keysTable(keys: readonly JsonObject[]): string {
  return tableText(keys, COLUMNS)
}

function keyState(key: JsonObject, nowMs: number): string {
  const deleted = key['deleted_owner']
  if (typeof deleted === 'string') return `${deleted} deleted`
  if (key['blocked'] === true) return 'blocked'
  const { expires } = key
  if (typeof expires === 'string' && Date.parse(expires) <= nowMs) return 'expired'
  return 'good'
}

function owner(key: JsonObject): string {
  const user = key['user_id']
  const team = key['team_id']
  if (typeof user === 'string') return typeof team === 'string' ? `${user} (${team})` : user
  return word(team)
}

function budget(key: JsonObject): string {
  const max = key['max_budget_credits']
  if (typeof max !== 'number') return '-'
  const period = key['budget_duration']
  return `${credits(max)}${typeof period === 'string' ? ` / ${period}` : ''}`
}

const LIMITS = [
  ['rpm_limit', 'calls/min'],
  ['tpm_limit', 'tokens/min'],
  ['max_parallel_requests', 'at once'],
] as const

function limits(key: JsonObject): string {
  const parts = LIMITS.flatMap(([name, unit]) => {
    const value = key[name]
    return typeof value === 'number' ? [`${value} ${unit}`] : []
  })
  return parts.length === 0 ? '-' : parts.join(', ')
}

function models(key: JsonObject): string {
  const list = key['models']
  return Array.isArray(list) && list.length > 0 ? list.map(word).join(' ') : 'all'
}

/** Six places: what a short call costs is a small part of a credit. */
function credits(value: unknown): string {
  return typeof value === 'number' ? String(Math.round(value * 1e6) / 1e6) : '-'
}

function word(value: unknown): string {
  return typeof value === 'string' && value !== '' ? value : '-'
}
