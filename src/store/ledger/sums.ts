import type { DailyTable, Measures, SumKind, SumTable } from '../schema.ts'
import type { CallRow } from './rows.ts'

export type DailyRow = DailyTable
export type SumRow = SumTable

export const MEASURES = [
  'calls',
  'failed',
  'input_tokens',
  'cached_tokens',
  'cache_write_tokens',
  'output_tokens',
  'reasoning_tokens',
  'nano_credits',
  'saved_nano_credits',
] as const satisfies readonly (keyof Measures)[]

export const DAILY_KEY = ['day', 'key_id', 'user_id', 'team_id', 'model', 'provider'] as const
export const SUMS_KEY = ['kind', 'span', 'start', 'id'] as const
export const SUM_KINDS = [
  'all',
  'key',
  'user',
  'team',
  'model',
  'provider',
] as const satisfies readonly SumKind[]

/** The day's sums that calls add to, one row for each combination. */
export interface Sums {
  add(rows: readonly CallRow[]): void
  daily(): readonly DailyRow[]
}

export function createSums(): Sums {
  const sums = new Map<string, DailyRow>()
  return {
    add(rows) {
      let before: CallRow | undefined
      let sum: DailyRow | undefined
      for (const row of rows) {
        // Neighbours are alike: to look them up by their six names takes longer than to compare these.
        if (!sum || !before || !areTogether(before, row)) sum = sumOf(sums, row)
        before = row
        add(sum, row)
        sum.calls += 1
        if (row.outcome !== 'ok') sum.failed += 1
      }
    },
    daily: () => [...sums.values()],
  }
}

function areTogether(a: CallRow, b: CallRow): boolean {
  return (
    a.day === b.day &&
    a.key_id === b.key_id &&
    a.user_id === b.user_id &&
    a.team_id === b.team_id &&
    a.model === b.model &&
    a.provider === b.provider
  )
}

function sumOf(sums: Map<string, DailyRow>, row: CallRow): DailyRow {
  const { day } = row
  const keyId = row.key_id ?? ''
  const userId = row.user_id ?? ''
  const teamId = row.team_id ?? ''
  const model = row.model ?? ''
  const provider = row.provider ?? ''
  const name = `${day}\0${keyId}\0${userId}\0${teamId}\0${model}\0${provider}`
  const known = sums.get(name)
  if (known) return known
  // Here and below in one literal: objects put together by spreading are made on V8's slow path.
  const begun = {
    day,
    key_id: keyId,
    user_id: userId,
    team_id: teamId,
    model,
    provider,
    calls: 0,
    failed: 0,
    input_tokens: 0,
    cached_tokens: 0,
    cache_write_tokens: 0,
    output_tokens: 0,
    reasoning_tokens: 0,
    nano_credits: 0,
    saved_nano_credits: 0,
  }
  sums.set(name, begun)
  return begun
}

/** The same by one thing alone, for the day and for its month. */
export function sumsFromDaily(rows: readonly DailyRow[]): readonly SumRow[] {
  const sums = new Map<string, SumRow>()
  for (const row of rows) {
    addTo(sums, 'all', '', row)
    addTo(sums, 'key', row.key_id, row)
    addTo(sums, 'user', row.user_id, row)
    addTo(sums, 'team', row.team_id, row)
    addTo(sums, 'model', row.model, row)
    addTo(sums, 'provider', row.provider, row)
  }
  return [...sums.values()]
}

function addTo(sums: Map<string, SumRow>, kind: SumKind, id: string, row: DailyRow): void {
  addToSpan(sums, kind, 'day', row.day, id, row)
  addToSpan(sums, kind, 'month', row.day.slice(0, 7), id, row)
}

function addToSpan(
  sums: Map<string, SumRow>,
  kind: SumKind,
  span: SumRow['span'],
  start: string,
  id: string,
  row: DailyRow,
): void {
  const name = `${kind}\0${start}\0${id}`
  let sum = sums.get(name)
  if (!sum) {
    sum = {
      kind,
      span,
      start,
      id,
      calls: 0,
      failed: 0,
      input_tokens: 0,
      cached_tokens: 0,
      cache_write_tokens: 0,
      output_tokens: 0,
      reasoning_tokens: 0,
      nano_credits: 0,
      saved_nano_credits: 0,
    }
    sums.set(name, sum)
  }
  add(sum, row)
  sum.calls += row.calls
  sum.failed += row.failed
}

type Counted = Omit<Measures, 'calls' | 'failed'>

/** In place: this is done for every call there is. */
function add(sum: Counted, more: Counted): void {
  sum.input_tokens += more.input_tokens
  sum.cached_tokens += more.cached_tokens
  sum.cache_write_tokens += more.cache_write_tokens
  sum.output_tokens += more.output_tokens
  sum.reasoning_tokens += more.reasoning_tokens
  sum.nano_credits += more.nano_credits
  sum.saved_nano_credits += more.saved_nano_credits
}
