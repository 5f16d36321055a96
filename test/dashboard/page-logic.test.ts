import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { transform } from 'esbuild'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { dialectNamed, PLAY_DIALECTS } from '../../dashboard/src/data/dialects.ts'
import { credits, dollars, duration, percent, several } from '../../dashboard/src/data/format.ts'
import { snippets } from '../../dashboard/src/data/snippets.ts'
import { forecast, median, pointsByDay } from '../../dashboard/src/data/sums.ts'
import type { Summary } from '../../dashboard/src/data/types.ts'
import { run } from '../support/run.ts'
import { MASTER, startWorld, type World } from './support/world.ts'

function row(day: string, spend: number): Summary {
  return {
    day,
    calls: 1,
    failed: 0,
    total_tokens: 0,
    prompt_tokens: 0,
    cached_tokens: 0,
    completion_tokens: 0,
    spend_credits: spend,
    saved_credits: 0,
  }
}

describe('sums', () => {
  test('a month’s pace goes on to its end; other months do not count', () => {
    const rows = [row('2026-10-31', 99), row('2026-11-01', 10), row('2026-11-15', 5)]
    const { spent, atMonthsEnd } = forecast(rows, new Date('2026-11-16T00:00:00Z'))
    expect(spent).toBe(15)
    expect(atMonthsEnd).toBe(30)
  })

  test('on the first morning a whole day counts as gone', () => {
    const { atMonthsEnd } = forecast([row('2026-11-01', 2)], new Date('2026-11-01T01:00:00Z'))
    expect(atMonthsEnd).toBe(60)
  })

  test('days without calls are there, too', () => {
    const points = pointsByDay([], 7, 'spend_credits')
    expect(points).toHaveLength(7)
    expect(points.every(({ value }) => value === 0)).toBe(true)
    expect((points[1]?.at ?? 0) - (points[0]?.at ?? 0)).toBe(86_400)
  })

  test.each([
    [[], 0],
    [[5], 5],
    [[9, 1], 5],
    [[10, 2, 3], 3],
  ])('the median of %j is %d', (values, expected) => {
    expect(median(values)).toBe(expected)
  })
})

test.each([
  [credits(0), '0'],
  [credits(0.00451), '0.0045'],
  [credits(0.136), '0.14'],
  [credits(56_230.4), '56,230'],
  [dollars(0.0001), 'under $0.0001'],
  [dollars(0.95), '$0.0095'],
  [dollars(5_623), '$56.23'],
  [duration(null), '–'],
  [duration(12.4), '12 ms'],
  [duration(1_234), '1.23 s'],
  [duration(61_000), '1 min 1 s'],
  [percent(1, 0), '–'],
  [percent(1, 8), '13 %'],
  [several(1, 'request'), '1 request'],
  [several(24_000_000, 'token'), '24M tokens'],
])('%s', (shown, expected) => {
  expect(shown).toBe(expected)
})

describe('the same call', () => {
  const NASTY = 'say: it\'s "quoted", """three times""", C:\\dir $HOME `x` \u00e9'
  const SAID = NASTY.slice('say: '.length)
  let world: World
  let folder: string
  beforeAll(async () => {
    world = await startWorld()
    folder = await mkdtemp(join(tmpdir(), 'jetway-snippets-'))
  })
  afterAll(async () => {
    await world[Symbol.asyncDispose]()
    await rm(folder, { recursive: true, force: true })
  })

  const cases = PLAY_DIALECTS.flatMap(({ name }) =>
    ['curl', 'Python', 'TypeScript'].map((language) => [name, language] as const),
  )
  test.each(cases)('%s in %s runs as it is shown, whatever the prompt', async (name, language) => {
    const dialect = dialectNamed(name)
    const question = { model: 'gpt-4o', system: '', prompt: NASTY }
    const shown = snippets(dialect, question, world.url).find((one) => one.name === language)
    const { command, args } = await runnable(language, shown?.text ?? '', folder)
    const env = { PATH: process.env['PATH'] ?? '', JETWAY_KEY: MASTER }
    const { code, stdout, stderr } = await run(command, args, { env, cwd: folder })
    expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' })
    const said = stdout
      .split('\n')
      .map((line) => line.replace(/^data: /, '').trim())
      .filter((line) => line.startsWith('{'))
      .map((line) => dialect.textOf(JSON.parse(line) as Record<string, unknown>) ?? '')
    expect(said.join('')).toBe(SAID)
  })
})

async function runnable(language: string, text: string, folder: string) {
  if (language === 'curl') return { command: 'bash', args: ['-c', `${text} -sS`] }
  if (language === 'Python') return { command: 'python3', args: ['-c', text] }
  const file = join(folder, 'snippet.mjs')
  await writeFile(file, (await transform(text, { loader: 'ts' })).code)
  return { command: process.execPath, args: [file] }
}
