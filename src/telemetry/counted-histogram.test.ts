import { AggregatorRegistry, Histogram, Registry } from 'prom-client'
import { expect, test } from 'vitest'
import { CountedHistogram } from './counted-histogram.ts'

const BUCKETS = [0.1, 0.5, 2]
const NUMBERS = [0, 0.1, 0.10001, 0.5, 1.9, 2, 2.0001, 400]

/** The same numbers, counted here and by prom-client, in two registries. */
function both() {
  const own = new Registry()
  const theirs = new Registry()
  const facts = { name: 'took_seconds', help: 'How long it took.' }
  const counted = new CountedHistogram({ ...facts, buckets: BUCKETS, registry: own })
  const histogram = new Histogram({
    ...facts,
    labelNames: ['model', 'wire'],
    buckets: BUCKETS,
    registers: [theirs],
  })
  const observe = (labels: Record<string, string>, value: number) => {
    counted.series(labels).observe(value)
    histogram.observe(labels, value)
  }
  return { own, theirs, observe }
}

test('the page says what prom-client would say', async () => {
  const { own, theirs, observe } = both()
  for (const value of NUMBERS) observe({ model: 'gpt-4o', wire: 'chat' }, value)
  observe({ model: 'a "quoted"\nname', wire: 'chat' }, 1)
  expect(await own.metrics()).toBe(await theirs.metrics())
})

test('what several processes counted is put together as prom-client would', async () => {
  const { own, theirs, observe } = both()
  for (const value of NUMBERS) observe({ model: 'gpt-4o', wire: 'chat' }, value)
  const page = async (registry: Registry) => {
    const values = await registry.getMetricsAsJSON()
    return AggregatorRegistry.aggregate([values, values]).metrics()
  }
  expect(await page(own)).toBe(await page(theirs))
})

test('before anything is counted there is a name and nothing else', async () => {
  const { own, theirs } = both()
  expect(await own.metrics()).toBe(await theirs.metrics())
})
