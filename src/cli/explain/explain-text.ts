import { creditsFromNano, USD_PER_CREDIT } from '../../core/usage.ts'
import type { StoredCall } from '../../store/index.ts'
import type { Paint } from '../command.ts'
import { tableText } from '../table-text.ts'

/** What became of a call, for a person: the decisions with their reasons, the attempts on a time line, the bill. */
export function explainText(call: StoredCall, paint: Paint): string {
  const { detail } = call
  const good = call.outcome === 'ok'
  const head = `${paint.bold(call.request_id)}  ${(good ? paint.green : paint.red)(`${call.outcome} ${call.status}`)}  ${new Date(call.started_at).toISOString()}\n`
  return [
    head,
    detail.error ? `${paint.red('error:')} ${detail.error.name}: ${detail.error.message}\n` : '',
    facts(call),
    list(
      'Rewritten',
      detail.rewrites.map(({ action, field, reason }) => `${field} ${action}: ${reason}`),
    ),
    list('Lost on the way', detail.degraded),
    attempts(call),
  ].join('')
}

function facts(call: StoredCall): string {
  const { detail } = call
  const shown: readonly (readonly [string, string | undefined])[] = [
    ['Model', modelOf(call)],
    ['Asked in', `${call.dialect}, ${call.operation}${call.stream === 1 ? ', streamed' : ''}`],
    [
      'Sent as',
      call.wire === null ? undefined : because(`${call.wire}, ${call.mode}`, detail.wireReason),
    ],
    [
      'Initiator',
      call.initiator === null ? undefined : because(call.initiator, detail.initiatorReason),
    ],
    ['Caller', callerOf(call)],
    ['Tokens', tokens(call)],
    ['Cost', cost(call)],
    ['Time', times(call)],
  ]
  return shown
    .filter((fact) => fact[1] !== undefined)
    .map(([name, value]) => `  ${`${name}:`.padEnd(11)} ${value}\n`)
    .join('')
}

function because(what: string, reason: string | undefined): string {
  return reason === undefined ? what : `${what}: ${reason}`
}

function modelOf({ model, model_asked: asked, provider }: StoredCall): string {
  if (model === null) return `${asked} (reached none)`
  const full = `${provider}/${model}`
  return asked === model || asked === full ? full : `${full}, asked for as ${asked}`
}

function callerOf(call: StoredCall): string {
  const key = call.key_id === null ? 'no virtual key' : `key ${call.key_alias ?? call.key_id}`
  const user = call.user_id === null ? undefined : `user ${call.user_id}`
  const team = call.team_id === null ? undefined : `team ${call.team_id}`
  return [key, user, team, `seat ${call.seat}`].filter((part) => part !== undefined).join(', ')
}

function tokens(call: StoredCall): string {
  const extra = [
    call.cached_tokens > 0 ? `${call.cached_tokens} from the cache` : '',
    call.cache_write_tokens > 0 ? `${call.cache_write_tokens} written to it` : '',
  ].filter((part) => part !== '')
  const input = `${call.input_tokens} in${extra.length > 0 ? ` (${extra.join(', ')})` : ''}`
  const reasoning = call.reasoning_tokens > 0 ? ` (${call.reasoning_tokens} of them reasoning)` : ''
  return `${input}, ${call.output_tokens} out${reasoning}`
}

function cost(call: StoredCall): string {
  if (call.cost_source === null) return 'nothing was used'
  const credits = creditsFromNano(call.nano_credits)
  const source =
    call.cost_source === 'upstream' ? 'as billed' : 'an estimate from the list of prices'
  const saved =
    call.saved_nano_credits > 0
      ? `; the cache saved ${creditsFromNano(call.saved_nano_credits)}`
      : ''
  return `${credits} credits ($${(credits * USD_PER_CREDIT).toPrecision(3)}), ${source}${saved}`
}

function times(call: StoredCall): string {
  const parts = [
    `${call.total_ms} ms in all`,
    call.first_byte_ms === null ? '' : `first byte after ${call.first_byte_ms} ms`,
    `${Math.round(call.overhead_ms * 100) / 100} ms of it the gateway's own`,
    call.queued_ms > 0 ? `${call.queued_ms} ms in the queue` : '',
  ]
  return parts.filter((part) => part !== '').join(', ')
}

function list(title: string, lines: readonly string[]): string {
  if (lines.length === 0) return ''
  return `${title}:\n${lines.map((line) => `  ${line}\n`).join('')}`
}

const BAR_WIDTH = 24

function attempts({ detail, total_ms: totalMs }: StoredCall): string {
  if (detail.attempts.length === 0) return 'No attempt was made.\n'
  const place = (ms: number): number => Math.round((ms / Math.max(1, totalMs)) * BAR_WIDTH)
  const rows = tableText(detail.attempts, [
    { title: '#', text: ({ number }) => String(number) },
    { title: 'TARGET', text: ({ provider, model }) => `${provider}/${model}` },
    { title: 'WIRE', text: ({ wire }) => wire },
    { title: 'STATUS', text: ({ status }) => (status === 0 ? 'none' : String(status)) },
    { title: 'AFTER', text: ({ startedMs }) => `${Math.round(startedMs)} ms`, right: true },
    { title: 'TOOK', text: ({ durationMs }) => `${Math.round(durationMs)} ms`, right: true },
    {
      title: 'WHEN',
      text: ({ startedMs, durationMs }) => {
        const from = Math.min(place(startedMs), BAR_WIDTH - 1)
        const length = Math.max(1, Math.min(place(durationMs), BAR_WIDTH - from))
        return `${' '.repeat(from)}${'━'.repeat(length)}`.padEnd(BAR_WIDTH)
      },
    },
    { title: 'THEN', text: ({ error, next }) => [error, next].filter(Boolean).join('; ') },
  ])
  return `Attempts:\n${rows.replaceAll(/^(?=.)/gm, '  ')}`
}
