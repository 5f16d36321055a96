import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { afterAll, describe, expect, test } from 'vitest'
import { systemClock } from '../../core/clock.ts'
import { createVirtualClock } from '../../core/virtual-clock.ts'
import { createSeal, createSealKey } from '../../policy/seats/seal.ts'
import { startRedis } from '../testing/redis-server.ts'
import { createRedisChanges } from './changes.ts'
import { openRedis } from './redis.ts'
import { countReplicas, type Replicas } from './replicas.ts'
import { createTokenShare } from './token-share.ts'
import { createRedisValues } from './values.ts'

const server = await startRedis()
if (!server && process.env['CI'])
  throw new Error('Redis is not installed: apt-get install redis-server')
const redis = server && (await openRedis(server.url))
afterAll(async () => {
  await redis?.close()
  await server?.stop()
})

describe.skipIf(!redis)('what replicas share in Redis', () => {
  const connection = redis as NonNullable<typeof redis>
  const seal = createSeal(createSealKey())
  const replica = () => createTokenShare(createRedisValues(connection), seal, systemClock)

  test('a token written by one is read by another, and stands there sealed', async () => {
    await replica().write('own', { raw: { token: 'tid=secret' }, receivedMs: 5 })
    expect(await replica().read('own')).toEqual({ raw: { token: 'tid=secret' }, receivedMs: 5 })
    expect(await connection.command(['GET', '{jetway}:token:own'])).not.toContain('tid=')
    expect(
      await createTokenShare(
        createRedisValues(connection),
        createSeal(createSealKey()),
        systemClock,
      ).read('own'),
    ).toBeUndefined()
    expect(await replica().read('nobody')).toBeUndefined()
  })

  test('of many who renew at once, one works at a time', async () => {
    let working = 0
    let most = 0
    const done = Array.from({ length: 8 }, (_, index) =>
      replica().exclusively('own', async () => {
        most = Math.max(most, ++working)
        await new Promise((resolve) => setImmediate(resolve))
        working--
        return index
      }),
    )
    expect((await Promise.all(done)).toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
    expect(most).toBe(1)
    expect(await connection.command(['EXISTS', '{jetway}:token:own:lease'])).toBe(0)
  })

  test('work that fails lets go of its lease', async () => {
    await expect(
      replica().exclusively('own', () => Promise.reject(new Error('no'))),
    ).rejects.toThrow('no')
    expect(await replica().exclusively('own', () => Promise.resolve(1))).toBe(1)
  })

  test('replicas count one another, and do not forget each other with Redis', async () => {
    const clock = createVirtualClock()
    const first = await countReplicas(connection, clock, 9)
    const second = await countReplicas(connection, clock, 9)
    expect(second.count).toBe(2)
    // Without waiting for its next beat.
    await expect.poll(() => first.count).toBe(2)
    await connection.command(['FLUSHALL'])
    await clock.advance(5_000)
    await expect.poll(() => connection.command(['ZCARD', '{jetway}:replicas'])).toBe(2)
    expect([first.count, second.count]).toEqual([2, 2])
    await second.close()
    for (let beats = 0; beats < 20; beats++) {
      await clock.advance(5_000)
      await connection.command(['PING'])
    }
    await expect.poll(() => first.count).toBe(1)
    await first.close()
  })

  test('of two replicas that start together each counts both, whoever listens first', async () => {
    // Nothing moves this clock: no beat tells what the other's word did not.
    const clock = createVirtualClock()
    let second: Replicas | undefined
    const first = await countReplicas(
      {
        ...connection,
        async subscribe(channel, onMessage) {
          second ??= await countReplicas(connection, clock, 9)
          return connection.subscribe(channel, onMessage)
        },
      },
      clock,
      9,
    )
    await expect.poll(() => [first.count, second?.count]).toEqual([2, 2])
    await Promise.all([first.close(), second?.close()])
  })

  test('a change is heard by every replica', async () => {
    const [here, there] = [
      await createRedisChanges(connection),
      await createRedisChanges(connection),
    ]
    const heard = new Promise<void>((resolve) => {
      there.onChange(resolve)
    })
    here.announce()
    await heard
  })

  test('without Redis a command fails at once, and the token share does without', async () => {
    const gone = await startRedis()
    if (!gone) throw new Error('no Redis')
    const lost = await openRedis(gone.url)
    await gone.stop()
    await expect.poll(() => lost.ready).toBe(false)
    await expect(lost.command(['PING'])).rejects.toThrow('offline')
    const share = createTokenShare(createRedisValues(lost), seal, systemClock)
    expect(await share.read('own')).toBeUndefined()
    await share.write('own', { raw: {}, receivedMs: 1 })
    expect(await share.exclusively('own', () => Promise.resolve('worked'))).toBe('worked')
    await lost.close()
  })

  test('a connection that has fallen silent is replaced', async () => {
    const network = await openNetwork(Number(new URL(server?.url ?? '').port))
    const patient = await openRedis(network.url, undefined, 50)
    expect(await patient.command(['PING'])).toBe('PONG')
    network.fallSilent()
    await expect(patient.command(['PING'])).rejects.toThrow('did not answer within 50 ms')
    const ping = () => patient.command(['PING']).catch(() => undefined)
    await expect.poll(ping).toBe('PONG')
    await patient.close()
    network.close()
  })

  test('a replica stops also while Redis is silent', async () => {
    const network = await openNetwork(Number(new URL(server?.url ?? '').port))
    const quick = await openRedis(network.url, undefined, 50)
    const replicas = await countReplicas(quick, createVirtualClock(), 1)
    network.fallSilent()
    const begun = performance.now()
    await replicas.close()
    expect(performance.now() - begun).toBeLessThan(2_000)
    await quick.close()
    network.close()
  }, 30_000)
})

/** Carries bytes to the port, until it carries those of the connections it has no further. */
async function openNetwork(port: number) {
  const pairs: [Socket, Socket][] = []
  const listener = createServer((client) => {
    const target = connect(port, '127.0.0.1')
    for (const socket of [client, target]) socket.on('error', () => {})
    client.pipe(target).pipe(client)
    pairs.push([client, target])
  })
  await new Promise<void>((resolve) => {
    listener.listen(0, '127.0.0.1', resolve)
  })
  return {
    url: `redis://127.0.0.1:${(listener.address() as AddressInfo).port}`,
    fallSilent() {
      for (const [client, target] of pairs) client.unpipe(target)
    },
    close() {
      for (const sockets of pairs) for (const socket of sockets) socket.destroy()
      listener.close()
    },
  }
}
