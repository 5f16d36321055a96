import { afterAll, expect, test } from 'vitest'
import { systemClock } from '../../core/clock.ts'
import { createVirtualClock } from '../../core/virtual-clock.ts'
import { startRedis } from '../testing/redis-server.ts'
import { openRedis } from './redis.ts'
import { createSharedSessions } from './shared-sessions.ts'
import { createMemoryValues, createRedisValues, type SharedValues } from './values.ts'

const server = await startRedis()
if (!server && process.env['CI'])
  throw new Error('Redis is not installed: apt-get install redis-server')
afterAll(() => server?.stop())

test('one process finds what another wrote, and the newest counts', async () => {
  const clock = createVirtualClock()
  const values = createMemoryValues(clock)
  const [one, other] = [createSharedSessions(values, clock), createSharedSessions(values, clock)]
  one.keep('s', 'left', 60_000)
  expect(await other.find('s')).toBe('left')
  other.keep('s', 'right', 60_000)
  expect(await one.find('s')).toBe('right')
  await clock.advance(60_000)
  expect(await one.find('s')).toBeUndefined()
})

test('a session in steady use is written seldom, and does not end', async () => {
  const clock = createVirtualClock()
  const values = createMemoryValues(clock)
  let writes = 0
  const counting: SharedValues = {
    ...values,
    set: (...given) => {
      writes++
      return values.set(...given)
    },
  }
  const [one, other] = [createSharedSessions(counting, clock), createSharedSessions(values, clock)]
  for (let second = 0; second < 300; second++) {
    one.keep('s', 'left', 60_000)
    await clock.advance(1000)
  }
  expect(await other.find('s')).toBe('left')
  expect(writes).toBe(10)
})

test('a store that hangs or fails costs one short wait, and this process remembers for itself', async () => {
  const clock = createVirtualClock()
  let asked = 0
  const hanging: SharedValues = {
    ...createMemoryValues(clock),
    get: () => {
      asked++
      return new Promise<string>(() => {})
    },
  }
  const book = createSharedSessions(hanging, clock)
  book.keep('s', 'left', 60_000)
  const first = book.find('s')
  await clock.advance(100)
  expect(await first).toBe('left')
  expect(await book.find('s')).toBe('left')
  expect(asked).toBe(1)
  expect(clock.pending).toBe(0)
})

test.skipIf(!server)('over a real server, and without it', async () => {
  if (!server) return
  const redis = await openRedis(server.url)
  const open = () => createSharedSessions(createRedisValues(redis), systemClock)
  const [one, other] = [open(), open()]
  one.keep('s', 'left', 60_000)
  await expect.poll(() => other.find('s')).toBe('left')
  expect(Number(await redis.command(['PTTL', '{jetway}:session:s']))).toBeGreaterThan(50_000)
  await server.stop()
  expect(await one.find('s')).toBe('left')
  await redis.close()
})
