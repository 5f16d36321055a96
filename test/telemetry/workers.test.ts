import { Agent, fetch } from 'undici'
import { afterAll, expect, test } from 'vitest'
import { startHouse } from '../support/gateway-process.ts'

/** Two processes on one port: whichever a scrape reaches, it counts the calls of both. */
const house = await startHouse({ args: ['--workers', '2'] })
afterAll(() => house.stop())

const CALLS = 12

/** On a connection of its own, so that any of the processes may get it. */
async function alone(path: string, body?: object): Promise<string> {
  const dispatcher = new Agent()
  const answer = await fetch(house.url + path, {
    method: body ? 'POST' : 'GET',
    dispatcher,
    headers: { authorization: `Bearer ${house.key}`, 'content-type': 'application/json' },
    ...(body ? { body: JSON.stringify(body) } : {}),
  })
  const text = await answer.text()
  expect({ status: answer.status, text }).toMatchObject({ status: 200 })
  await dispatcher.close()
  return text
}

/** The sum over all series of that name. */
const valueOf = (page: string, name: string): number =>
  [...page.matchAll(new RegExp(`^${name}(?:\\{.*\\})? (\\S+)$`, 'gm'))].reduce(
    (sum, match) => sum + Number(match[1]),
    0,
  )

test('every scrape says the same, whichever process it reaches', async () => {
  for (let at = 0; at < CALLS; at++) {
    const messages = [{ role: 'user', content: 'Say hello' }]
    await alone('/v1/chat/completions', { model: 'gpt-4o', messages })
  }
  for (let scrape = 0; scrape < 8; scrape++) {
    const page = await alone('/metrics')
    expect(valueOf(page, 'jetway_calls_total')).toBe(CALLS)
    expect(valueOf(page, 'jetway_overhead_seconds_count')).toBe(CALLS)
  }
})
