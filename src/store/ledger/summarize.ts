import { sql, type RawBuilder } from 'kysely'
import type { Database } from '../database/open.ts'
import type { SumKind } from '../schema.ts'
import { MEASURES } from './sums.ts'

/** By what a summary groups; each is a column of the daily sums. */
export type SummaryBy = 'day' | 'key_id' | 'user_id' | 'team_id' | 'model' | 'provider'

export interface SummaryRow {
  readonly group: Readonly<Partial<Record<SummaryBy, string>>>
  readonly calls: number
  readonly failed: number
  readonly inputTokens: number
  readonly cachedTokens: number
  readonly cacheWriteTokens: number
  readonly outputTokens: number
  readonly reasoningTokens: number
  /** Sums of money outgrow what a JavaScript number holds exactly. */
  readonly nanoCredits: bigint
  readonly savedNanoCredits: bigint
}

export interface SummaryFilter {
  /** UTC days, both included: `2026-11-01`. */
  readonly fromDay?: string | undefined
  readonly toDay?: string | undefined
  readonly keyId?: string | undefined
  readonly userId?: string | undefined
  readonly teamId?: string | undefined
}

const KINDS = {
  key_id: 'key',
  user_id: 'user',
  team_id: 'team',
  model: 'model',
  provider: 'provider',
} as const satisfies Record<Exclude<SummaryBy, 'day'>, SumKind>
type Dimension = keyof typeof KINDS

/**
 * Sums over days. Where one thing alone is asked for, by key or of one user, they come from `sums`, and whole months of it from
 * its months; what crosses two things comes from `daily`, which an index narrows where the question names a key, user or team.
 */
export async function summarize(
  database: Database,
  by: readonly SummaryBy[],
  filter: SummaryFilter,
): Promise<readonly SummaryRow[]> {
  const { fromDay, toDay } = filter
  if (fromDay !== undefined && toDay !== undefined && fromDay > toDay) return []
  const { rows } = await summaryQuery(database.kind, by, filter).execute(database.query)
  return rows.filter((row) => Number(row['calls'] ?? 0) !== 0).map((row) => rowOf(row, by))
}

/** As SQL, so that its plan can be looked at. */
export function summaryQuery(
  kind: Database['kind'],
  by: readonly SummaryBy[],
  filter: SummaryFilter,
): RawBuilder<Found> {
  const dimensions = [
    ...by.filter((name) => name !== 'day'),
    ...filtersOf(filter).map(([name]) => name),
  ]
  const [dimension, ...others] = new Set<Dimension>(dimensions)
  if (others.length > 0) return fromDaily(kind, by, filter)
  return fromSums(kind, by, filter, dimension)
}

function fromDaily(database: Database['kind'], by: readonly SummaryBy[], filter: SummaryFilter) {
  const { fromDay, toDay } = filter
  const conditions = filtersOf(filter).map(([name, id]) => sql`${sql.ref(name)} = ${id}`)
  if (fromDay !== undefined) conditions.push(sql`day >= ${fromDay}`)
  if (toDay !== undefined) conditions.push(sql`day <= ${toDay}`)
  const where = conditions.length > 0 ? sql`WHERE ${sql.join(conditions, sql` AND `)}` : sql``
  const names = sql.join(by.map((name) => sql.ref(name)))
  return sql<Found>`
    SELECT ${names}, ${measures(database)} FROM daily ${where} GROUP BY ${names} ORDER BY ${names}`
}

function fromSums(
  database: Database['kind'],
  by: readonly SummaryBy[],
  filter: SummaryFilter,
  dimension: Dimension | undefined,
) {
  const kind = dimension === undefined ? 'all' : KINDS[dimension]
  const [named] = filtersOf(filter)
  const one = named ? sql`AND id = ${named[1]}` : sql``
  const pieces = by.includes('day')
    ? [{ span: 'day', sign: 1, from: filter.fromDay, to: filter.toDay } as const]
    : piecesOf(filter.fromDay, filter.toDay)
  const union = sql.join(
    pieces.map(({ span, sign, from, to }) => {
      const after = from === undefined ? sql`` : sql`AND start >= ${from}`
      const before = to === undefined ? sql`` : sql`AND start <= ${to}`
      const signed = sql.join(
        MEASURES.map((name) =>
          sign === 1 ? sql.ref(name) : sql`-${sql.ref(name)} AS ${sql.ref(name)}`,
        ),
      )
      return sql`SELECT start, id, ${signed} FROM sums
        WHERE kind = ${kind} AND span = ${span} ${after} ${before} ${one}`
    }),
    sql` UNION ALL `,
  )
  const chosen = by.map(
    (name) => sql`${sql.ref(name === 'day' ? 'start' : 'id')} AS ${sql.ref(name)}`,
  )
  const names = sql.join(by.map((name) => sql.ref(name === 'day' ? 'start' : 'id')))
  const columns =
    chosen.length > 0 ? sql`${sql.join(chosen)}, ${measures(database)}` : measures(database)
  const grouped = chosen.length > 0 ? sql`GROUP BY ${names} ORDER BY ${names}` : sql``
  return sql<Found>`SELECT ${columns} FROM (${union}) AS pieces ${grouped}`
}

export interface Piece {
  readonly span: 'day' | 'month'
  /** -1: what was too much in a month that counts whole. */
  readonly sign: 1 | -1
  readonly from?: string | undefined
  readonly to?: string | undefined
}

/**
 * A range of days as months, and single days where it begins or ends within one: added where they are few, else the month
 * less the days outside. No range needs more than about a month of single days, and one up to today hardly any.
 */
export function piecesOf(fromDay: string | undefined, toDay: string | undefined): readonly Piece[] {
  let firstMonth = fromDay?.slice(0, 7)
  let lastMonth = toDay?.slice(0, 7)
  const inOneMonth = firstMonth !== undefined && firstMonth === lastMonth
  if (inOneMonth && Number(toDay?.slice(8)) - Number(fromDay?.slice(8)) < FEW_DAYS) {
    return [{ span: 'day', sign: 1, from: fromDay, to: toDay }]
  }
  const pieces: Piece[] = []
  if (fromDay !== undefined && firstMonth !== undefined && !fromDay.endsWith('-01')) {
    if (Number(fromDay.slice(8)) > FEW_DAYS && !inOneMonth) {
      pieces.push({ span: 'day', sign: 1, from: fromDay, to: `${firstMonth}-31` })
      firstMonth = monthAfter(firstMonth, 1)
    } else {
      pieces.push({ span: 'day', sign: -1, from: `${firstMonth}-01`, to: dayAfter(fromDay, -1) })
    }
  }
  if (toDay !== undefined && lastMonth !== undefined && !dayAfter(toDay, 1).endsWith('-01')) {
    if (Number(toDay.slice(8)) < FEW_DAYS && !inOneMonth) {
      pieces.push({ span: 'day', sign: 1, from: `${lastMonth}-01`, to: toDay })
      lastMonth = monthAfter(lastMonth, -1)
    } else {
      pieces.push({ span: 'day', sign: -1, from: dayAfter(toDay, 1), to: `${lastMonth}-31` })
    }
  }
  return [{ span: 'month', sign: 1, from: firstMonth, to: lastMonth }, ...pieces]
}

/** About half a month. */
const FEW_DAYS = 16

function dayAfter(day: string, days: number): string {
  return new Date(Date.parse(day) + days * 86_400_000).toISOString().slice(0, 10)
}

function monthAfter(month: string, months: number): string {
  const [year = 0, number = 1] = month.split('-').map(Number)
  return new Date(Date.UTC(year, number - 1 + months, 1)).toISOString().slice(0, 7)
}

function filtersOf({ keyId, userId, teamId }: SummaryFilter): (readonly [Dimension, string])[] {
  const all = [
    ['key_id', keyId],
    ['user_id', userId],
    ['team_id', teamId],
  ] as const
  return all.flatMap(([name, id]) => (id === undefined ? [] : [[name, id] as const]))
}

const NANO = ['nano_credits', 'saved_nano_credits'] as const
const COUNTS = MEASURES.filter((name) => !name.endsWith('nano_credits'))

/**
 * Exact sums, as each database gives them fastest. SQLite adds in 64 bits, and text is the form in which all of them come out.
 * PostgreSQL adds integers as decimals of any length, which takes five times as long as adding doubles and outgrows its memory
 * for ten thousand groups; doubles are exact up to 2^53, far above counts, and above money in two parts.
 */
function measures(kind: Database['kind']) {
  if (kind === 'sqlite') {
    return sql.join(
      MEASURES.map((name) => sql`cast(sum(${sql.ref(name)}) as text) AS ${sql.ref(name)}`),
    )
  }
  return sql.join([
    ...COUNTS.map((name) => sql`sum(${sql.ref(name)}::float8) AS ${sql.ref(name)}`),
    ...NANO.flatMap((name) => [
      sql`sum((${sql.ref(name)} / ${PART}::bigint)::float8) AS ${sql.ref(`${name}_whole`)}`,
      sql`sum((${sql.ref(name)} % ${PART}::bigint)::float8) AS ${sql.ref(`${name}_rest`)}`,
    ]),
  ])
}

const PART = 1_000_000_000

type Found = Readonly<Record<string, string | number | null>>

function rowOf(row: Found, by: readonly SummaryBy[]): SummaryRow {
  const number = (name: string): number => Number(row[name])
  const nano = (name: (typeof NANO)[number]): bigint =>
    row[name] === undefined
      ? BigInt(number(`${name}_whole`)) * BigInt(PART) + BigInt(number(`${name}_rest`))
      : BigInt(row[name] ?? 0)
  return {
    group: Object.fromEntries(by.map((name) => [name, String(row[name] ?? '')])),
    calls: number('calls'),
    failed: number('failed'),
    inputTokens: number('input_tokens'),
    cachedTokens: number('cached_tokens'),
    cacheWriteTokens: number('cache_write_tokens'),
    outputTokens: number('output_tokens'),
    reasoningTokens: number('reasoning_tokens'),
    nanoCredits: nano('nano_credits'),
    savedNanoCredits: nano('saved_nano_credits'),
  }
}
