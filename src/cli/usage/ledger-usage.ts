import { creditsFromNano } from '../../core/usage.ts'
import type { Store, SummaryRow } from '../../store/index.ts'

export interface DayUsage {
  readonly day: string
  readonly calls: number
  readonly credits: number
}

export interface ModelUsage {
  readonly model: string
  readonly calls: number
  readonly failed: number
  readonly tokens: number
  readonly credits: number
  readonly saved_credits: number
}

/** What the gateway itself has counted. */
export interface LedgerUsage {
  readonly since: string
  readonly days: readonly DayUsage[]
  readonly models: readonly ModelUsage[]
  readonly calls: number
  readonly credits: number
}

const DAY_MS = 86_400_000

export async function readLedgerUsage(
  { ledger }: Pick<Store, 'ledger'>,
  days: number,
  nowMs: number,
): Promise<LedgerUsage> {
  const all = Array.from({ length: days }, (_, at) => dayOf(nowMs - (days - 1 - at) * DAY_MS))
  const since = all[0] ?? dayOf(nowMs)
  const byDay = await ledger.summarize(['day'], { fromDay: since })
  const byModel = await ledger.summarize(['model'], { fromDay: since })
  const found = new Map(byDay.map((row) => [row.group.day, row]))
  return {
    since,
    days: all.map((day) => {
      const row = found.get(day)
      return { day, calls: row?.calls ?? 0, credits: row ? creditsOf(row) : 0 }
    }),
    models: byModel
      .map((row) => ({
        model: row.group.model === '' ? 'none reached' : (row.group.model ?? ''),
        calls: row.calls,
        failed: row.failed,
        tokens: row.inputTokens + row.outputTokens,
        credits: creditsOf(row),
        saved_credits: creditsFromNano(Number(row.savedNanoCredits)),
      }))
      .toSorted((one, other) => other.credits - one.credits || other.calls - one.calls),
    calls: sum(byDay.map(({ calls }) => calls)),
    credits: sum(byDay.map(creditsOf)),
  }
}

/** Credits counted from that day on, UTC, of calls to Copilot alone: others do not count against GitHub's quota. */
export async function creditsSince(
  { ledger }: Pick<Store, 'ledger'>,
  fromDay: string,
): Promise<number> {
  const rows = await ledger.summarize(['provider'], { fromDay })
  return sum(rows.filter(({ group }) => group.provider === 'github_copilot').map(creditsOf))
}

export function dayOf(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 10)
}

function creditsOf({ nanoCredits }: SummaryRow): number {
  return creditsFromNano(Number(nanoCredits))
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
