import { afterEach, expect, test, vi } from 'vitest'
import { createMetrics } from './metrics.ts'
import type { Metrics } from './metrics.ts'
import { createSiblings, createSwitchboard } from './siblings.ts'
import type { SiblingLine, SiblingMessage } from './siblings.ts'

/** Two ends of one line; what is sent arrives a moment later, as between processes. */
function line(): readonly [SiblingLine, SiblingLine] {
  const listeners: [((message: unknown) => void)[], ((message: unknown) => void)[]] = [[], []]
  const end = (own: 0 | 1, other: 0 | 1): SiblingLine => ({
    send: (message: SiblingMessage) => {
      const copy: unknown = JSON.parse(JSON.stringify(message))
      queueMicrotask(() => {
        for (const listener of listeners[other]) listener(copy)
      })
    },
    onMessage: (listener) => {
      listeners[own].push(listener)
    },
  })
  return [end(0, 1), end(1, 0)]
}

const made: Metrics[] = []
afterEach(() => {
  for (const metrics of made.splice(0)) metrics.close()
  vi.useRealTimers()
})

function worker(switchboard: ReturnType<typeof createSwitchboard>, left: number) {
  const [near, far] = line()
  const disconnect = switchboard.connect(far)
  const metrics = createMetrics({
    inFlight: () => 1,
    quotaLeft: () => new Map([['chat', left]]),
    siblings: createSiblings(near),
  })
  made.push(metrics)
  return { metrics, disconnect }
}

test('whoever is asked answers for all: counts are added, of what is scarce the least counts', async () => {
  const switchboard = createSwitchboard()
  const [one, other] = [worker(switchboard, 0.9), worker(switchboard, 0.2)]
  one.metrics.refused('AuthenticationError')
  other.metrics.refused('AuthenticationError')
  other.metrics.refused('AuthenticationError')
  for (const { metrics } of [one, other]) {
    const text = await metrics.text()
    expect(text).toContain('jetway_refused_requests_total{kind="AuthenticationError"} 3\n')
    expect(text).toContain('jetway_calls_in_flight 2\n')
    expect(text).toContain('jetway_quota_left_ratio{quota="chat"} 0.2\n')
    expect(text.match(/^jetway_event_loop_delay_seconds\{/gm)).toHaveLength(3)
  }
})

test('one that is gone is not waited for', async () => {
  const switchboard = createSwitchboard()
  const [one, other] = [worker(switchboard, 1), worker(switchboard, 1)]
  other.disconnect()
  expect(await one.metrics.text()).toContain('jetway_calls_in_flight 1\n')
})

test('one that does not answer is left out after a while; without the first process there is no page', async () => {
  vi.useFakeTimers()
  const switchboard = createSwitchboard()
  const { metrics } = worker(switchboard, 1)
  const [, deaf] = line()
  switchboard.connect(deaf)
  const page = metrics.text()
  await vi.advanceTimersByTimeAsync(2_000)
  expect(await page).toContain('jetway_calls_in_flight 1\n')

  const [alone] = line()
  const all = createSiblings(alone).join(() => Promise.resolve([]))()
  const failed = all.catch((error: unknown) => String(error))
  await vi.advanceTimersByTimeAsync(5_000)
  expect(await failed).toContain('does not answer')
})
