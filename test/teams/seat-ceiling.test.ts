import { afterAll, expect, test } from 'vitest'
import { createSealKey } from '../../src/policy/index.ts'
import { startPostgres } from '../../src/store/testing/postgres-server.ts'
import { startRedis } from '../../src/store/testing/redis-server.ts'
import { eventually, startCompany, type Company } from './support/company.ts'

const postgres = await startPostgres()
const redis = await startRedis()
afterAll(() => Promise.all([postgres?.stop(), redis?.stop()]))

/** What holds without any setting. */
const PLACES = 12
const OWN_TOKEN = 'ghu_of_the_company'

test.skipIf(!postgres || !redis)(
  'three gateways let no more calls run on one seat than one would, also while Redis is away',
  async () => {
    await using company = await startCompany({
      replicas: 3,
      environment: {
        DATABASE_URL: postgres?.url ?? '',
        REDIS_URL: redis?.url ?? '',
        JETWAY_SEAL_KEY: createSealKey(),
        COPILOT_OAUTH_TOKEN: OWN_TOKEN,
      },
    })
    company.emulator.control.tokens.issue({ value: OWN_TOKEN, login: 'root-person' })
    company.emulator.control.settings.set({ pace: 120 })
    await everyPlace(company)

    await redis?.kill()
    expect(await mostAtOnce(company, 45)).toBeLessThanOrEqual(PLACES)

    await redis?.start()
    // All find their way back to one count.
    await everyPlace(company)
  },
  120_000,
)

/** In the end every place is used, and never one more: on a busy machine not all calls meet at the first try. */
function everyPlace(company: Company): Promise<void> {
  return eventually(async () => {
    const most = await mostAtOnce(company, 45)
    expect(most).toBeLessThanOrEqual(PLACES)
    return most === PLACES
  }, 60_000)
}

/** Sends so many calls at once, and gives how many of them ran at the same time at GitHub. */
async function mostAtOnce({ emulator, send }: Company, calls: number): Promise<number> {
  let most = 0
  const sampler = setInterval(() => {
    const open = emulator.control.requests.list({ route: 'chat', outcome: 'open' })
    most = Math.max(most, open.length)
  }, 2)
  try {
    const content = 'write 30 words'
    const statuses = await Promise.all(
      Array.from({ length: calls }, async () => {
        const answer = await send('/v1/chat/completions', {
          body: { model: 'gpt-4o', messages: [{ role: 'user', content }], stream: true },
        })
        await answer.text()
        return answer.status
      }),
    )
    expect(new Set(statuses)).toEqual(new Set([200]))
  } finally {
    clearInterval(sampler)
  }
  return most
}
