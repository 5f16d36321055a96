import type { Paint } from '../command.ts'
import { tableText } from '../table-text.ts'
import type { Snapshot } from './snapshot.ts'

/** `before` gives the rates; the first picture has none. */
export function snapshotText(now: Snapshot, before: Snapshot | undefined, paint: Paint): string {
  const seconds = before ? (Date.parse(now.at) - Date.parse(before.at)) / 1000 : 0
  const rate = (of: (snapshot: Snapshot) => number, unit: string): string =>
    before && seconds > 0 ? `${short(Math.max(0, of(now) - of(before)) / seconds)} ${unit}/s` : ''
  const line = (...parts: readonly string[]): string =>
    `${parts.filter((part) => part !== '').join('   ')}\n`
  const head = [
    `${paint.bold(now.url)}   up ${duration(now.up_seconds)}   ${now.at.slice(11, 19)} UTC\n`,
    line(
      `in flight ${now.in_flight}`,
      `calls ${now.calls}`,
      now.failed > 0 ? paint.red(`failed ${now.failed}`) : 'failed 0',
      `retries ${now.retries}`,
      rate(({ calls }) => calls, 'calls'),
      rate(({ tokens }) => tokens, 'tokens'),
    ),
    line(
      `credits ${short(now.credits)} since the start`,
      now.today ? `today ${short(now.today.credits)} in ${now.today.calls} calls` : '',
    ),
  ].join('')
  if (!now.recent)
    return `${head}\nSingle calls are not known: ${now.ledger_problem ?? 'there is no ledger'}\n`
  const table = tableText(now.recent, [
    { title: 'TIME', text: ({ started_at }) => started_at.slice(11, 19) },
    { title: 'STATUS', text: ({ status }) => String(status) },
    { title: 'MODEL', text: ({ model }) => model },
    { title: 'KEY', text: ({ caller }) => caller },
    { title: 'TOOK', text: ({ total_ms }) => `${total_ms} ms`, right: true },
    { title: 'TOKENS', text: ({ tokens }) => String(tokens), right: true },
    { title: 'CREDITS', text: ({ credits }) => short(credits), right: true },
    { title: 'REQUEST', text: ({ request_id }) => request_id },
  ])
  return `${head}\n${table}`
}

function short(amount: number): string {
  return amount === 0 || amount >= 100
    ? String(Math.round(amount))
    : String(Number(amount.toPrecision(3)))
}

function duration(seconds: number): string {
  const [days, hours, minutes] = [seconds / 86_400, (seconds / 3600) % 24, (seconds / 60) % 60].map(
    Math.floor,
  )
  if (days) return `${days}d ${hours}h`
  return hours ? `${hours}h ${minutes}m` : `${minutes}m ${seconds % 60}s`
}
