import { MessageChannel, type MessagePort } from 'node:worker_threads'
import { afterEach, describe, expect, test } from 'vitest'
import { systemClock } from '../../core/clock.ts'
import { silentLog } from '../../core/log.ts'
import type { Demand } from '../../policy/limits/limit-store.ts'
import { createSeal, createSealKey } from '../../policy/seats/seal.ts'
import type { HubPort } from './hub-messages.ts'
import { createHub } from './hub.ts'
import { openShared, type Shared } from './open-shared.ts'

const open: MessagePort[] = []
afterEach(() => {
  for (const port of open.splice(0)) port.close()
})

/** As JSON, as between processes. */
function portOf(port: MessagePort): HubPort {
  open.push(port)
  return {
    send: (message) => {
      port.postMessage(JSON.stringify(message))
    },
    onMessage: (listener) => {
      port.on('message', (text: string) => {
        listener(JSON.parse(text))
      })
    },
  }
}

const seal = createSeal(createSealKey())

async function machine(workers: number, replicas?: number) {
  const hub = createHub(systemClock)
  const gone: (() => void)[] = []
  const shared: Shared[] = []
  for (let at = 0; at < workers; at++) {
    const { port1, port2 } = new MessageChannel()
    gone.push(hub.connect(portOf(port1)))
    const options = { hub: { port: portOf(port2), workers }, clock: systemClock, log: silentLog }
    shared.push(await openShared({ ...options, seal, replicas }))
  }
  return { shared, gone }
}

const NOW = 1_790_000_001_000
let calls = 0
async function take({ limits }: Shared, demands: readonly Demand[], callId = `c${calls++}`) {
  return limits.take({ callId, demands, tokens: 5, nowMs: NOW, deadlineMs: NOW + 600_000 })
}

describe('workers of one machine without Redis', () => {
  test('count a limit together, to the call', async () => {
    const { shared } = await machine(4)
    const demands = [{ scope: 'key:a', requestsPerMinute: 10 }]
    const verdicts = await Promise.all(
      Array.from({ length: 40 }, async (_, call) => take(shared[call % 4] as Shared, demands)),
    )
    expect(verdicts.filter(({ refusal }) => refusal === undefined)).toHaveLength(10)
  })

  test('what a dead worker had under way is over', async () => {
    const { shared, gone } = await machine(2)
    const [first, second] = shared as [Shared, Shared]
    const demands = [{ scope: 'key:a', parallel: 1 }]
    await take(first, demands)
    const place = { seat: 'own', placeId: 'p1', parallel: 1, gapMs: 0 }
    expect(await first.places?.take(place)).toEqual({ granted: true })
    expect((await take(second, demands)).refusal).toMatchObject({ kind: 'parallel' })
    expect(await second.places?.take({ ...place, placeId: 'p2' })).toEqual({ granted: false })
    gone[0]?.()
    expect((await take(second, demands)).refusal).toBeUndefined()
    expect(await second.places?.take({ ...place, placeId: 'p2' })).toEqual({ granted: true })
  })

  test('hear of a change, of a place that is wanted, and of one that is free', async () => {
    const { shared } = await machine(2)
    const [first, second] = shared as [Shared, Shared]
    const heard: string[] = []
    const all = new Promise<void>((resolve) => {
      const hear = (what: string): void => {
        heard.push(what)
        if (heard.length === 3) resolve()
      }
      first.changes.onChange(() => {
        hear('changed')
      })
      first.places?.onWanted((seat) => {
        hear(`wanted ${seat}`)
      })
      second.places?.onFree((seat) => {
        hear(`free ${seat}`)
      })
    })
    second.changes.announce()
    const place = { seat: 'own', placeId: 'p1', parallel: 1, gapMs: 0 }
    await first.places?.take(place)
    await second.places?.take({ ...place, placeId: 'p2' })
    await first.places?.give('own', 'p1')
    await all
    expect(heard).toEqual(['changed', 'wanted own', 'free own'])
  })

  test('exchange a token once: one holds the lease, the others read what it wrote', async () => {
    const { shared } = await machine(3)
    let exchanges = 0
    const obtain = async ({ tokens }: Shared) =>
      tokens?.exclusively('seat_1', async () => {
        const known = await tokens.read('seat_1')
        if (known) return known.raw
        exchanges++
        await tokens.write('seat_1', { raw: { token: 'tid=1' }, receivedMs: 1 })
        return { token: 'tid=1' }
      })
    const all = await Promise.all(shared.map(obtain))
    expect(all).toEqual([{ token: 'tid=1' }, { token: 'tid=1' }, { token: 'tid=1' }])
    expect(exchanges).toBe(1)
  })

  test('keep to their share where there are more machines, and nothing counts for all', async () => {
    const { shared } = await machine(2, 5)
    const demands = [{ scope: 'key:a', requestsPerMinute: 20 }]
    const verdicts = await Promise.all(
      Array.from({ length: 12 }, async (_, call) => take(shared[call % 2] as Shared, demands)),
    )
    expect(verdicts.filter(({ refusal }) => refusal === undefined)).toHaveLength(4)
    const alone = await openShared({ clock: systemClock, log: silentLog, replicas: 5 })
    for (let call = 0; call < 4; call++)
      expect((await take(alone, demands)).refusal).toBeUndefined()
    expect((await take(alone, demands)).refusal).toMatchObject({ kind: 'requests', limit: 4 })
  })

  test('a line that is broken is an error, not a wait', async () => {
    const port: HubPort = {
      send: () => {
        throw new Error('closed')
      },
      onMessage: () => {},
    }
    const shared = await openShared({
      hub: { port, workers: 2 },
      clock: systemClock,
      log: silentLog,
    })
    await expect(take(shared, [{ scope: 'key:a', parallel: 1 }])).rejects.toThrow('closed')
  })
})
