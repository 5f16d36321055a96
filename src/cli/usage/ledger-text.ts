import type { Terminal } from '../command.ts'
import { tableText } from '../table-text.ts'
import { barChart } from './bar-chart.ts'
import type { Difference } from './difference.ts'
import type { LedgerUsage } from './ledger-usage.ts'
import { round } from './quota-text.ts'

/** The gateway's own count: a bar for each day, the models, and GitHub's count beside it. */
export function ledgerText(
  ledger: LedgerUsage,
  difference: Difference | undefined,
  { paint, columns }: Pick<Terminal, 'paint' | 'columns'>,
): string {
  const calls = `${ledger.calls} ${ledger.calls === 1 ? 'call' : 'calls'}`
  const title = `Through this gateway since ${ledger.since}: ${calls}, ${amount(ledger.credits)} credits`
  if (ledger.calls === 0) return `\n${title}\n${differenceText(difference)}`
  const chart = barChart(
    ledger.days.map(({ day, credits, calls }) => ({
      label: day.slice(5),
      value: credits,
      note: calls === 0 ? '' : `${amount(credits)} (${calls})`,
    })),
    columns,
  )
  const models = tableText(ledger.models, [
    { title: 'MODEL', text: ({ model }) => model },
    { title: 'CALLS', text: ({ calls }) => String(calls), right: true },
    { title: 'FAILED', text: ({ failed }) => String(failed), right: true },
    { title: 'TOKENS', text: ({ tokens }) => String(tokens), right: true },
    { title: 'CREDITS', text: ({ credits }) => amount(credits), right: true },
    { title: 'SAVED BY CACHE', text: ({ saved_credits }) => amount(saved_credits), right: true },
  ])
  return `\n${paint.bold(title)}\n${chart}\n${models}${differenceText(difference)}`
}

function differenceText(difference: Difference | undefined): string {
  if (!difference) return ''
  const { since, github_credits, counted_credits, explanation } = difference
  return `\nSince ${since} GitHub counts ${round(github_credits)} credits, this gateway ${round(counted_credits)}: ${explanation}\n`
}

/** Small sums keep their digits: a short call is a thousandth of a credit. */
function amount(credits: number): string {
  return credits === 0 || credits >= 1 ? round(credits) : String(Number(credits.toPrecision(2)))
}
