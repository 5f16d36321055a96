import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { ASSUMPTIONS } from './assumptions.mjs'
import { gatewayFigures } from './figures.mjs'
import { BEGIN, END, renderCapacity, shown, withCapacity } from './page.mjs'
import { createRandom } from './random.mjs'
import { DAY_SECONDS, demandOf, levelsOf, peaksOf, simulate } from './simulate.mjs'
import { LIMITS, sizeOf, whatGivesFirst } from './size.mjs'

const HERE = import.meta.dirname
const figures = {
  circumstances: ['made up'],
  gateway: {
    wholeCallCpuUs: 1000,
    largeCallCpuUs: 3000,
    chunkCpuUs: 20,
    idleMb: 100,
    streamKb: 50,
  },
  stores: {
    redisCommandsPerCall: 10,
    redisCpuUsPerCall: 100,
    postgresRowsPerCall: 4,
    postgresCpuUsPerCall: 200,
    postgresBytesPerCall: 1000,
    extraCpuUsPerCall: 300,
  },
}
const few = { ...ASSUMPTIONS, developers: 400 }
/** @param {Iterable<number>} values */
const sum = (values) => [...values].reduce((all, value) => all + value, 0)

describe('chance', () => {
  test('the same seed gives the same, another does not', () => {
    const draw = (/** @type {number} */ seed) => Array.from({ length: 5 }, createRandom(seed).next)
    expect(draw(7)).toEqual(draw(7))
    expect(draw(7)).not.toEqual(draw(8))
  })

  test('values lie as their distributions say', () => {
    const random = createRandom(1)
    const many = (/** @type {() => number} */ draw) =>
      Array.from({ length: 20_000 }, draw).sort((a, b) => a - b)
    const even = many(random.next)
    expect(even[0]).toBeGreaterThanOrEqual(0)
    expect(even.at(-1)).toBeLessThan(1)
    expect(sum(even) / even.length).toBeCloseTo(0.5, 1)
    const long = many(() => random.logNormal({ median: 8, sigma: 1 }))
    expect((long[10_000] ?? 0) / 8).toBeCloseTo(1, 1)
    // One sigma above the median, 84 of 100 are below.
    expect((long[16_827] ?? 0) / (8 * Math.E)).toBeCloseTo(1, 0)
    expect(sum(many(() => random.poisson(3))) / 20_000).toBeCloseTo(3, 1)
    const picked = many(() =>
      random.pick([
        { share: 0.2, item: 0 },
        { share: 0.8, item: 1 },
      ]),
    )
    expect(sum(picked) / picked.length).toBeCloseTo(0.8, 1)
  })
})

describe('a day', () => {
  const day = simulate(few, 3)

  test('is the same for the same seed', () => {
    expect(simulate(few, 3)).toEqual(day)
    expect(demandOf(simulate(few, 4))).not.toEqual(demandOf(day))
  })

  test('loses nothing: each call is in some second, each that opens closes', () => {
    expect(sum(day.calls)).toBe(day.totals.calls)
    expect(sum(day.chunks)).toBeCloseTo(day.totals.chunks, 0)
    const open = levelsOf(day.openChange)
    expect(open.every((level) => level >= 0)).toBe(true)
    // Seconds of all calls together, up to their rounding to whole seconds.
    expect(sum(open) / day.totals.streamSeconds).toBeCloseTo(1, 1)
    expect(day.calls).toHaveLength(DAY_SECONDS)
  })

  test('what runs over midnight is there at both ends', () => {
    const night = {
      ...few,
      offices: [{ name: 'one', share: 1, utcOffsetHours: 0 }],
      startsByHour: [...Array(23).fill(0), 1],
    }
    const open = levelsOf(simulate(night, 1).sessionChange)
    expect(open[0]).toBeGreaterThan(0)
    expect(open.at(-1)).toBeGreaterThan(0)
    expect(open[12 * 3600]).toBe(0)
  })

  test('ten times as many ask for about ten times as much', () => {
    const more = demandOf(simulate({ ...few, developers: 4000 }, 3))
    expect(more.calls / demandOf(day).calls).toBeGreaterThan(8)
    expect(more.calls / demandOf(day).calls).toBeLessThan(12)
  })

  test('the busiest minute is an average over sixty seconds', () => {
    const seconds = new Float64Array(600)
    seconds.fill(2, 100, 160)
    seconds[300] = 30
    expect(peaksOf(seconds)).toEqual({ minute: 2, second: 30 })
  })
})

describe('what it takes', () => {
  const demand = demandOf(simulate(few, 3))

  test('replicas follow from what is scarcest, with a zone to spare', () => {
    const crowd = { ...demand, openCalls: { minute: 9500, second: 10_000 } }
    const size = sizeOf(crowd, figures, ASSUMPTIONS)
    expect(size.needed['open calls']).toBe(10)
    expect(size.atPeak).toBe(10)
    expect(size.replicas).toBe(15)
    const busy = { ...demand, chunksPerSecond: { minute: 600_000, second: 600_000 } }
    expect(sizeOf(busy, figures, ASSUMPTIONS).needed.cpu).toBeGreaterThanOrEqual(20)
  })

  test('what gives first fills at the number of developers that it names', () => {
    const size = sizeOf(demand, figures, ASSUMPTIONS)
    const first = whatGivesFirst(demand, figures, size)
    expect(first.map(({ developers }) => developers)).toEqual(
      [...first].map(({ developers }) => developers).sort((a, b) => a - b),
    )
    const open = first.find(({ what }) => what.startsWith('open calls'))
    const each = demand.openCalls.second / demand.developers
    expect((open?.developers ?? 0) * each).toBeLessThanOrEqual(LIMITS.callsPerReplica)
    expect(((open?.developers ?? 0) + 1) * each).toBeGreaterThan(LIMITS.callsPerReplica)
  })

  test('figures come from Jetway’s rows of a run, and a run without them is refused', () => {
    /** @param {string} name @param {Record<string, number>} cell */
    const row = (name, cell, gateway = 'jetway') => ({
      row: name,
      gateway,
      cell: { figures: cell },
    })
    const measurements = [
      ...[3, 1, 2].map((cpuUs) => row('whole', { cpuUs })),
      row('whole', { cpuUs: 99 }, 'nginx'),
      row('large', { cpuUs: 4 }),
      row('stream-quirky', { cpuUs: 0.5 }),
      row('memory', { idleMb: 70, streamKb: 40 }),
    ]
    expect(gatewayFigures({ measurements })).toEqual({
      wholeCallCpuUs: 2,
      largeCallCpuUs: 4,
      chunkCpuUs: 0.5,
      idleMb: 70,
      streamKb: 40,
    })
    expect(() => gatewayFigures({ measurements: measurements.slice(4) })).toThrow('row whole')
  })
})

describe('the page', () => {
  const page = readFileSync(path.join(HERE, '..', '..', 'docs', 'capacity.md'), 'utf8')
  const kept = JSON.parse(readFileSync(path.join(HERE, 'figures.json'), 'utf8'))

  test('holds the figures that are kept', () => {
    for (const line of [...kept.gatewayCircumstances, ...kept.storesCircumstances]) {
      expect(page).toContain(line)
    }
    const demand = demandOf(simulate(few, 1))
    const size = sizeOf(demand, kept, ASSUMPTIONS)
    const first = whatGivesFirst(demand, kept, size)
    const text = renderCapacity({
      assumptions: ASSUMPTIONS,
      figures: { ...kept, circumstances: [] },
      demand,
      size,
      first,
      seed: 1,
    })
    const part = (/** @type {string} */ from, /** @type {string} */ to) =>
      text.slice(text.indexOf(from), text.indexOf(to))
    expect(page).toContain(part('| one | costs |', '### The day of').trim())
    expect(page).toContain(part('| what | how |', '### What that day').trim())
  })

  test('is replaced between its two lines only', () => {
    expect(withCapacity(`before\n${BEGIN}\nold\n${END}\nafter`, 'new')).toBe(
      `before\n${BEGIN}\n\nnew\n\n${END}\nafter`,
    )
    expect(() => withCapacity('nothing', 'new')).toThrow('must hold')
  })

  test.each([
    [1710.4, '1,710'],
    [0.4249, '0.425'],
    [12, '12'],
    [0, '0'],
  ])('%s is shown as %s', (value, text) => {
    expect(shown(value)).toBe(text)
  })
})
