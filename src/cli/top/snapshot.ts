import { JetwayError } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import type { GatewayClient } from '../gateway/gateway-client.ts'
import { dayOf } from '../usage/ledger-usage.ts'
import { parseMetrics, sumOf } from './metrics-text.ts'

/** One look at a gateway. What the ledger knows is absent where it keeps none, or the key may not see it; then it says why. */
export interface Snapshot {
  readonly at: string
  readonly url: string
  readonly in_flight: number
  /** Since the gateway's start. */
  readonly calls: number
  readonly failed: number
  readonly retries: number
  readonly tokens: number
  readonly credits: number
  readonly up_seconds: number
  readonly today?: { readonly calls: number; readonly failed: number; readonly credits: number }
  readonly recent?: readonly RecentCall[]
  readonly ledger_problem?: string
}

export interface RecentCall {
  readonly request_id: string
  readonly started_at: string
  readonly model: string
  readonly caller: string
  readonly outcome: string
  readonly status: number
  readonly total_ms: number
  readonly tokens: number
  readonly credits: number
}

export async function takeSnapshot(
  client: GatewayClient,
  url: string,
  rows: number,
  nowMs: number,
): Promise<Snapshot> {
  const samples = parseMetrics(await client.text('/metrics'))
  const calls = sumOf(samples, 'jetway_calls_total')
  const started = sumOf(samples, 'process_start_time_seconds')
  return {
    at: new Date(nowMs).toISOString(),
    url,
    in_flight: sumOf(samples, 'jetway_calls_in_flight'),
    calls,
    failed: calls - sumOf(samples, 'jetway_calls_total', { outcome: 'ok' }),
    retries: sumOf(samples, 'jetway_retries_total'),
    tokens:
      sumOf(samples, 'jetway_tokens_total', { kind: 'input' }) +
      sumOf(samples, 'jetway_tokens_total', { kind: 'output' }),
    credits: sumOf(samples, 'jetway_credits_total'),
    up_seconds: Math.max(0, Math.round(nowMs / 1000 - started)),
    ...(await ledgerOf(client, rows, nowMs)),
  }
}

async function ledgerOf(
  client: GatewayClient,
  rows: number,
  nowMs: number,
): Promise<Pick<Snapshot, 'today' | 'recent' | 'ledger_problem'>> {
  try {
    const { logs } = await client.get(`/spend/logs?limit=${rows}`)
    const { summary } = await client.get(`/spend/summary?by=day&start_date=${dayOf(nowMs)}`)
    const [today = {}] = (summary ?? []) as readonly JsonObject[]
    return {
      today: {
        calls: number(today['calls']),
        failed: number(today['failed']),
        credits: number(today['spend_credits']),
      },
      recent: ((logs ?? []) as readonly JsonObject[]).map(recentCall),
    }
  } catch (error) {
    if (error instanceof JetwayError && [401, 403, 404, 503].includes(error.status)) {
      return { ledger_problem: error.message }
    }
    throw error
  }
}

function recentCall(log: JsonObject): RecentCall {
  return {
    request_id: text(log['request_id']),
    started_at: text(log['startTime']),
    model: text(log['model']) || text(log['model_asked']),
    caller: text(log['key_alias']) || text(log['user_id']) || '-',
    outcome: text(log['outcome']),
    status: number(log['status_code']),
    total_ms: number(log['total_ms']),
    tokens: number(log['total_tokens']),
    credits: number(log['spend_credits']),
  }
}

function number(value: unknown): number {
  return typeof value === 'number' ? value : 0
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
