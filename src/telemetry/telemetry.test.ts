import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import type { CallRecord } from '../core/ledger.ts'
import type { LogFields } from '../core/log.ts'
import { silentLog } from '../core/log.ts'
import { createAccessLog, createMetrics, createPinoLog } from './index.ts'
import type { Metrics } from './index.ts'

const RECORD: CallRecord = {
  uid: 'u-1',
  id: 'r-1',
  startedAt: 1_790_000_000_000,
  caller: { kind: 'key', keyId: 'k-1', keyAlias: 'laptop', userId: 'ada', seat: 'own' },
  operation: 'generate',
  dialect: 'chat',
  modelAsked: 'whatever the client wrote',
  provider: 'github_copilot',
  model: 'gpt-4o',
  wire: 'chat',
  wireReason: 'same wire',
  mode: 'relay',
  stream: true,
  initiator: { value: 'user', reason: 'last turn is the user’s' },
  rewrites: [],
  degraded: [],
  attempts: [attempt(1, 503), attempt(2, 200)],
  outcome: 'ok',
  status: 200,
  usage: {
    inputTokens: 100,
    cachedInputTokens: 60,
    cacheWriteTokens: 10,
    outputTokens: 20,
    reasoningTokens: 5,
  },
  cost: { nanoCredits: 1_500_000_000, source: 'upstream', savedNanoCredits: 0 },
  timing: { totalMs: 1234.567, firstByteMs: 300, overheadMs: 0.4, queuedMs: 20 },
}

function attempt(number: number, status: number): CallRecord['attempts'][number] {
  return {
    number,
    provider: 'github_copilot',
    model: 'gpt-4o',
    wire: 'chat',
    startedMs: 0,
    durationMs: 1,
    status,
    initiator: 'user',
  }
}

describe('metrics', () => {
  let metrics: Metrics

  afterEach(() => {
    metrics.close()
  })

  test('a call is counted by what it was and what it used', async () => {
    metrics = createMetrics({ inFlight: () => 7 })
    for (const made of RECORD.attempts) metrics.observer.attempted?.(RECORD.id, made)
    metrics.observer.finished?.(RECORD)
    metrics.observer.finished?.({
      ...RECORD,
      outcome: 'failed',
      status: 429,
      error: { name: 'RateLimitError', message: 'a secret' },
      usage: undefined,
      cost: undefined,
      attempts: [],
    })
    metrics.refused('AuthenticationError')
    const text = await metrics.text()
    const target = 'provider="github_copilot",model="gpt-4o"'
    for (const line of [
      `jetway_calls_total{dialect="chat",${target},outcome="ok"} 1`,
      `jetway_calls_total{dialect="chat",${target},outcome="failed"} 1`,
      'jetway_errors_total{kind="RateLimitError"} 1',
      'jetway_refused_requests_total{kind="AuthenticationError"} 1',
      `jetway_tokens_total{${target},kind="input"} 100`,
      `jetway_tokens_total{${target},kind="cached"} 60`,
      `jetway_tokens_total{${target},kind="output"} 20`,
      `jetway_credits_total{${target}} 1.5`,
      `jetway_call_duration_seconds_bucket{le="2.5",dialect="chat",${target}} 2`,
      `jetway_call_duration_seconds_bucket{le="1",dialect="chat",${target}} 0`,
      `jetway_time_to_first_byte_seconds_count{dialect="chat",${target}} 2`,
      'jetway_overhead_seconds_count 2',
      'jetway_queued_seconds_count 2',
      'jetway_upstream_attempts_total{provider="github_copilot",status="5xx"} 1',
      'jetway_retries_total 1',
      'jetway_calls_in_flight 7',
    ]) {
      expect(text).toContain(`${line}\n`)
    }
    expect(text).toMatch(/jetway_event_loop_delay_seconds\{quantile="0\.99"\} \d/)
    expect(text).not.toContain('a secret')
    expect(text).not.toContain('whatever')
  })

  test('names beyond the bound share one series', async () => {
    metrics = createMetrics({ inFlight: () => 0, maxModels: 2 })
    for (const model of ['a', 'b', 'c', 'd', 'a', undefined]) {
      metrics.observer.finished?.({ ...RECORD, model })
    }
    const lines = (await metrics.text()).split('\n')
    const models = lines
      .filter((line) => line.startsWith('jetway_calls_total{'))
      .map((line) => /model="([^"]*)".* (\d+)$/.exec(line)?.slice(1))
    expect(models).toEqual([
      ['a', '2'],
      ['b', '1'],
      ['other', '2'],
      ['none', '1'],
    ])
  })

  test('two gateways in one process do not share numbers', async () => {
    metrics = createMetrics({ inFlight: () => 0 })
    const other = createMetrics({ inFlight: () => 0 })
    metrics.observer.finished?.(RECORD)
    expect(await other.text()).not.toContain('model="gpt-4o"')
    other.close()
  })
})

describe('the access log', () => {
  test('says of a call what it was, in numbers', () => {
    const lines: [string, LogFields | undefined][] = []
    const log = { ...silentLog, info: (m: string, f?: LogFields) => void lines.push([m, f]) }
    createAccessLog(log).finished?.(RECORD)
    expect(lines).toHaveLength(1)
    expect(lines[0]?.[1]).toMatchObject({
      id: 'r-1',
      model: 'gpt-4o',
      key: 'k-1',
      status: 200,
      attempts: 2,
      ms: 1234.57,
      inputTokens: 100,
      credits: 1.5,
    })
    expect(JSON.stringify(lines)).not.toContain('whatever')
  })

  test('a failure of ours stands out', () => {
    const warned: string[] = []
    const log = { ...silentLog, warn: (message: string) => void warned.push(message) }
    const observer = createAccessLog(log)
    observer.finished?.({ ...RECORD, outcome: 'failed', status: 502 })
    observer.finished?.({ ...RECORD, outcome: 'failed', status: 400 })
    expect(warned).toEqual(['call'])
  })

  test('a line for each call, written as JSON whatever a model is called', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'jetway-log-'))
    const file = join(folder, 'log')
    const log = createPinoLog({ to: file, level: 'info' })
    const model = 'a"b\\c\n\u2028d'
    createAccessLog(log).finished?.({ ...RECORD, model })
    createAccessLog(log).finished?.({ ...RECORD, model, outcome: 'failed', status: 502 })
    await flushed(log, file)
    const lines = (await readFile(file, 'utf8')).trim().split('\n')
    expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([
      { level: 30, msg: 'call', id: 'r-1', status: 200, model, ms: 1234.57 },
      { level: 40, msg: 'call', status: 502 },
    ])
    const quiet = createPinoLog({ to: file, level: 'warn' })
    createAccessLog(quiet).finished?.(RECORD)
    await flushed(quiet, file)
    expect((await readFile(file, 'utf8')).trim().split('\n')).toHaveLength(2)
    await rm(folder, { recursive: true })
  })

  test('pino writes one JSON line for each, at or above the level', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'jetway-log-'))
    const file = join(folder, 'log')
    const log = createPinoLog({ to: file, level: 'info' })
    log.debug('not this')
    log.info('call', { id: 'r-1', status: 200, missing: undefined })
    log.error('broken')
    await flushed(log, file)
    const lines = (await readFile(file, 'utf8')).trim().split('\n')
    expect(lines.map((line) => JSON.parse(line) as object)).toMatchObject([
      { level: 30, msg: 'call', id: 'r-1', status: 200 },
      { level: 50, msg: 'broken' },
    ])
    await rm(folder, { recursive: true })
  })
})

/** The file is opened in the background; until it is, there is nothing to flush to. */
async function flushed(log: ReturnType<typeof createPinoLog>, file: string): Promise<void> {
  for (;;) {
    log.flush()
    const text = await readFile(file, 'utf8').catch(() => '')
    if (text.endsWith('\n')) return
    await new Promise((resolve) => {
      setImmediate(resolve)
    })
  }
}
