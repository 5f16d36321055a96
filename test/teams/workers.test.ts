import { afterAll, expect, test } from 'vitest'
import { startHouse } from '../support/gateway-process.ts'

/** Three processes on one port, no Redis: what a key and a seat may do counts for all three together. */
const PLACES = 3
const house = await startHouse({
  args: ['--workers', '3'],
  config: `jetway:\n  limits: { max_parallel_per_seat: ${PLACES}, max_queued_per_seat: 100 }\n`,
  emulator: { pace: 120 },
})
afterAll(() => house.stop())

const body = { model: 'gpt-4o', messages: [{ role: 'user', content: 'write 30 words' }] }

function send(path: string, key: string, json: object): Promise<Response> {
  return fetch(`${house.url}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify(json),
  })
}

async function makeKey(limits: object): Promise<string> {
  const made = await send('/key/generate', house.key, limits)
  const { key } = (await made.json()) as { readonly key: string }
  return key
}

test('a key gets its limit once, not once for each worker', async () => {
  const key = await makeKey({ rpm_limit: 7 })
  const answers = await Promise.all(
    Array.from({ length: 30 }, () => send('/v1/chat/completions', key, body)),
  )
  const statuses = await Promise.all(
    answers.map(async (answer) => {
      await answer.arrayBuffer()
      return answer.status
    }),
  )
  expect(statuses.filter((status) => status === 200)).toHaveLength(7)
  expect(statuses.filter((status) => status === 429)).toHaveLength(23)
})

test('a seat runs as many calls at once as it may, and not as many for each worker', async () => {
  const { requests } = house.emulator.control
  let most = 0
  const sampler = setInterval(() => {
    most = Math.max(most, requests.list({ route: 'chat', outcome: 'open' }).length)
  }, 2)
  try {
    const statuses = await Promise.all(
      Array.from({ length: 18 }, async () => {
        const answer = await send('/v1/chat/completions', house.key, { ...body, stream: true })
        await answer.text()
        return answer.status
      }),
    )
    expect(new Set(statuses)).toEqual(new Set([200]))
  } finally {
    clearInterval(sampler)
  }
  expect(most).toBe(PLACES)
})
