import { metrics, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base'
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { DEFAULT_SETTINGS } from '../../src/core/default-settings.ts'
import { silentLog, type LogFields } from '../../src/core/log.ts'
import { startDemoGateway } from '../../src/gateway/__fixtures__/start-demo-gateway.ts'
import type { DemoGateway } from '../../src/gateway/__fixtures__/start-demo-gateway.ts'
import { parseTraceparent } from '../../src/telemetry/trace-context.ts'

const TRACE = '0af7651916cd43dd8448eb211c80319c'
const SPAN = 'b7ad6b7169203331'
const TRACEPARENT = `00-${TRACE}-${SPAN}-01`

/** OpenTelemetry's own SDK, registered in this process as a company would register it. */
const spans = new InMemorySpanExporter()
const measured = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
const tracerProvider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] })
const meterProvider = new MeterProvider({
  readers: [new PeriodicExportingMetricReader({ exporter: measured, exportIntervalMillis: 3.6e6 })],
})

let house: DemoGateway
let lines: LogFields[]

beforeAll(() => {
  trace.setGlobalTracerProvider(tracerProvider)
  metrics.setGlobalMeterProvider(meterProvider)
})
afterAll(async () => {
  trace.disable()
  metrics.disable()
  await tracerProvider.shutdown()
  await meterProvider.shutdown()
})

async function start(openTelemetry: boolean): Promise<void> {
  lines = []
  spans.reset()
  const fallbacks = new Map([['gpt-4.1', ['gpt-4o']]])
  house = await startDemoGateway({
    gateway: {
      settings: {
        ...DEFAULT_SETTINGS,
        router: { ...DEFAULT_SETTINGS.router, retries: 1, fallbacks },
        gateway: { ...DEFAULT_SETTINGS.gateway, port: 0, openTelemetry },
      },
      log: {
        ...silentLog,
        info: (message, fields) => {
          if (message === 'call') lines.push(fields ?? {})
        },
      },
    },
  })
}
afterEach(() => house[Symbol.asyncDispose]())

async function ask(body: object, headers: Record<string, string> = {}): Promise<Response> {
  const answer = await fetch(`${house.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ messages: [{ role: 'user', content: 'a secret word' }], ...body }),
  })
  await answer.text()
  return answer
}

const named = (name: string): readonly ReadableSpan[] =>
  spans.getFinishedSpans().filter((span) => span.name === name)

describe('traces, with an SDK registered', () => {
  beforeEach(() => start(true))

  test('one span for the call under the caller’s own, one for the request upstream below it', async () => {
    const answer = await ask(
      { model: 'gpt-4o', stream: true },
      { traceparent: TRACEPARENT, tracestate: 'vendor=1', 'x-request-id': 'mine-1' },
    )
    expect(answer.status).toBe(200)
    const [call] = named('POST chat')
    const [attempt] = named('chat gpt-4o')
    expect(spans.getFinishedSpans()).toHaveLength(2)
    expect(call?.kind).toBe(SpanKind.SERVER)
    expect(call?.spanContext().traceId).toBe(TRACE)
    expect(call?.spanContext().traceState?.get('vendor')).toBe('1')
    expect(call?.parentSpanContext).toMatchObject({ spanId: SPAN, isRemote: true })
    expect(call?.status.code).toBe(SpanStatusCode.UNSET)
    expect(call?.attributes).toMatchObject({
      'http.request.method': 'POST',
      'http.response.status_code': 200,
      'jetway.request.id': 'mine-1',
      'jetway.dialect': 'chat',
      'jetway.outcome': 'ok',
      'jetway.wire': 'chat',
      'jetway.mode': 'relay',
      'jetway.initiator': 'user',
      'jetway.attempts': 1,
    })
    expect(attempt?.kind).toBe(SpanKind.CLIENT)
    expect(attempt?.parentSpanContext?.spanId).toBe(call?.spanContext().spanId)
    expect(attempt?.attributes).toMatchObject({
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'github_copilot',
      'gen_ai.request.model': 'gpt-4o',
      'gen_ai.request.stream': true,
      'http.response.status_code': 200,
      'gen_ai.usage.input_tokens': expect.any(Number) as number,
      'gen_ai.usage.output_tokens': expect.any(Number) as number,
      'gen_ai.response.time_to_first_chunk': expect.any(Number) as number,
    })
    const inside = (span: ReadableSpan | undefined): [number, number] => [
      (span?.startTime[0] ?? 0) * 1e9 + (span?.startTime[1] ?? 0),
      (span?.endTime[0] ?? 0) * 1e9 + (span?.endTime[1] ?? 0),
    ]
    expect(inside(attempt)[0]).toBeGreaterThanOrEqual(inside(call)[0])
    expect(inside(attempt)[1]).toBeLessThanOrEqual(inside(call)[1])
  })

  test('no prompt, no answer and no key stands in a span', async () => {
    await ask({ model: 'gpt-4o' }, { authorization: 'Bearer sk-very-secret' })
    const text = JSON.stringify(
      spans.getFinishedSpans().map(({ name, attributes, status }) => [name, attributes, status]),
    )
    expect(text).toContain('gen_ai.usage.input_tokens')
    expect(text).not.toMatch(/secret|hello/i)
  })

  test('each attempt is a span: what failed says so, and the fallback follows', async () => {
    house.emulator.control.faults.add({
      on: { route: 'chat', model: 'gpt-4.1' },
      do: { kind: 'error', name: 'service_unavailable' },
    })
    expect((await ask({ model: 'gpt-4.1' })).status).toBe(200)
    const failed = named('chat gpt-4.1')
    expect(failed.length).toBeGreaterThan(0)
    for (const { status, attributes } of failed) {
      expect(status.code).toBe(SpanStatusCode.ERROR)
      expect(attributes['error.type']).toBe('ServiceUnavailableError')
      expect(attributes['gen_ai.usage.input_tokens']).toBeUndefined()
    }
    expect(failed.at(-1)?.attributes['jetway.next']).toBe('fallback to gpt-4o')
    expect(named('chat gpt-4o')).toHaveLength(1)
    expect(named('POST chat')[0]?.status.code).toBe(SpanStatusCode.UNSET)
  })

  test('a call that fails here is an error, a caller’s own mistake is none', async () => {
    house.emulator.control.faults.add({
      on: { route: 'chat' },
      do: { kind: 'error', name: 'service_unavailable' },
    })
    expect((await ask({ model: 'gpt-4o' })).status).toBe(503)
    expect((await ask({ model: 'no-such-model' })).status).toBe(404)
    expect(named('POST chat').map(({ status }) => status.code)).toEqual([
      SpanStatusCode.ERROR,
      SpanStatusCode.UNSET,
    ])
  })

  test('the log line has the trace: the caller’s, or the call’s own', async () => {
    await ask({ model: 'gpt-4o' }, { traceparent: TRACEPARENT })
    await ask({ model: 'gpt-4o' })
    await ask({ model: 'gpt-4o' }, { traceparent: '00-0-0-00' })
    const [first, second, third] = lines
    expect(first?.['trace']).toBe(TRACE)
    const own = named('POST chat').map((span) => span.spanContext().traceId)
    expect([first?.['trace'], second?.['trace'], third?.['trace']]).toEqual(own)
    expect(new Set(own).size).toBe(3)
  })

  test('no trace goes to GitHub', async () => {
    await ask({ model: 'gpt-4o' }, { traceparent: TRACEPARENT, tracestate: 'a=b', baggage: 'c=d' })
    const requests = house.emulator.control.requests.list()
    expect(requests.length).toBeGreaterThan(0)
    for (const { headers } of requests) {
      expect(Object.keys(headers).filter((name) => /^(?:trace|baggage|b3)/.test(name))).toEqual([])
    }
  })

  test('measurements under the conventions’ names', async () => {
    await ask({ model: 'gpt-4o', stream: true })
    await meterProvider.forceFlush()
    const latest = measured.getMetrics().at(-1)
    const all = (latest?.scopeMetrics ?? [])
      .filter(({ scope }) => scope.name === 'jetway')
      .flatMap((scope) => scope.metrics)
    const units = Object.fromEntries(
      all.map(({ descriptor }) => [descriptor.name, descriptor.unit]),
    )
    expect(units).toEqual({
      'gen_ai.client.operation.duration': 's',
      'gen_ai.client.operation.time_to_first_chunk': 's',
      'gen_ai.client.token.usage': '{token}',
    })
    const usage = all.find(({ descriptor }) => descriptor.name === 'gen_ai.client.token.usage')
    const types = usage?.dataPoints.map(({ attributes }) => attributes['gen_ai.token.type'])
    expect(new Set(types)).toEqual(new Set(['input', 'output']))
    for (const { dataPoints } of all) {
      for (const { attributes } of dataPoints) {
        expect(attributes['gen_ai.provider.name']).toBe('github_copilot')
        expect(attributes['gen_ai.operation.name']).toBe('chat')
      }
    }
  })
})

describe('traces, off', () => {
  beforeEach(() => start(false))

  test('there are no spans; the caller’s trace is in the log line all the same', async () => {
    await ask({ model: 'gpt-4o' }, { traceparent: TRACEPARENT })
    await ask({ model: 'gpt-4o' })
    expect(spans.getFinishedSpans()).toEqual([])
    expect(lines.map((line) => line['trace'])).toEqual([TRACE, undefined])
  })
})

describe('traceparent', () => {
  test.each([
    [TRACEPARENT, { traceId: TRACE, spanId: SPAN, traceFlags: 1 }],
    [
      `cc-${TRACE}-${SPAN}-00-what-the-future-brings`,
      { traceId: TRACE, spanId: SPAN, traceFlags: 0 },
    ],
    [`00-${TRACE}-${SPAN}-01-more`, undefined],
    [`ff-${TRACE}-${SPAN}-01`, undefined],
    [`00-${'0'.repeat(32)}-${SPAN}-01`, undefined],
    [`00-${TRACE}-${'0'.repeat(16)}-01`, undefined],
    [`00-${TRACE.toUpperCase()}-${SPAN}-01`, undefined],
    [`00-${TRACE}-${SPAN}`, undefined],
    [`01-${TRACE}-${SPAN}-01-${'x'.repeat(600)}`, undefined],
    ['', undefined],
  ])('%s', (text, expected) => {
    expect(parseTraceparent(text)).toEqual(expected)
  })
})
