// oxlint-disable-next-line typescript/triple-slash-reference -- the declaration build takes single files and what they name
/// <reference path="./prom-client-parts.d.ts" />
import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { IntervalHistogram } from 'node:perf_hooks'
import Counter from 'prom-client/lib/counter.js'
import Gauge from 'prom-client/lib/gauge.js'
import type { Registry } from 'prom-client'
import type { StopCounts } from './stop-counts.ts'

const QUANTILES = [50, 90, 99]
const NANOSECONDS = 1e9

/** Asked for when the page is read. */
export interface GaugeSources {
  /** Calls under way. */
  readonly inFlight: () => number
  /** The smallest part left of each quota among all seats: 1 is all of it. */
  readonly quotaLeft?: (() => ReadonlyMap<string, number>) | undefined
  readonly stops?: StopCounts | undefined
}

export function registerGauges(
  registers: Registry[],
  { inFlight, quotaLeft, stops }: GaugeSources,
): void {
  registerQuota(registers, quotaLeft ?? NO_QUOTA)
  registerStops(registers, stops ?? NO_STOPS)
  gauge(registers, 'jetway_calls_in_flight', 'Calls under way.', inFlight)
  gauge(registers, 'process_resident_memory_bytes', 'Resident memory.', () =>
    process.memoryUsage.rss(),
  )
  gauge(
    registers,
    'process_start_time_seconds',
    'Start of the process, in seconds since 1970.',
    () => Date.now() / 1000 - process.uptime(),
    'min',
  )
  gauge(registers, 'process_cpu_seconds_total', 'User and system CPU time.', () => {
    const { user, system } = process.cpuUsage()
    return (user + system) / 1e6
  })
  gauge(
    registers,
    'nodejs_heap_size_used_bytes',
    'Memory of live JavaScript values.',
    () => process.memoryUsage().heapUsed,
  )
}

/** What a person must look at. */
function registerStops(registers: Registry[], stops: StopCounts): Counter {
  gauge(
    registers,
    'jetway_stops',
    'Seats and keys that are stopped until a person lifts it.',
    () => stops.inForce,
    // All processes know of the same ones.
    'max',
  )
  return new Counter({
    name: 'jetway_stops_total',
    help: 'Stops of seats and keys that ran wild, by reason.',
    labelNames: ['reason'],
    registers,
    collect() {
      this.reset()
      for (const [reason, times] of stops.set) this.inc({ reason }, times)
    },
  })
}

function gauge(
  registers: Registry[],
  name: string,
  help: string,
  read: () => number,
  aggregator: 'sum' | 'min' | 'max' = 'sum',
): Gauge {
  return new Gauge({
    name,
    help,
    registers,
    aggregator,
    collect() {
      this.set(read())
    },
  })
}

const NO_STOPS: StopCounts = { inForce: 0, set: new Map() }
const NO_QUOTA = (): ReadonlyMap<string, number> => new Map()

function registerQuota(registers: Registry[], quotaLeft: () => ReadonlyMap<string, number>): Gauge {
  return new Gauge({
    name: 'jetway_quota_left_ratio',
    help: 'Smallest part left of a quota among all seats, as answers have said; 1 is all of it.',
    labelNames: ['quota'],
    aggregator: 'min',
    registers,
    collect() {
      this.reset()
      for (const [quota, left] of quotaLeft()) this.set({ quota }, left)
    },
  })
}

/** How late timers run: what a busy event loop adds to every call. Since the page was last read. */
export function registerLoopDelay(registers: Registry[]): IntervalHistogram {
  const loopDelay = monitorEventLoopDelay({ resolution: 10 })
  const seconds = new Gauge({
    name: 'jetway_event_loop_delay_seconds',
    help: 'Delay of the event loop since the last scrape, by quantile.',
    labelNames: ['quantile'],
    aggregator: 'max',
    registers,
    collect() {
      for (const quantile of QUANTILES) {
        const delay = loopDelay.percentile(quantile) / NANOSECONDS
        this.set({ quantile: String(quantile / 100) }, Number.isFinite(delay) ? delay : 0)
      }
      loopDelay.reset()
    },
  })
  seconds.reset()
  loopDelay.enable()
  return loopDelay
}
