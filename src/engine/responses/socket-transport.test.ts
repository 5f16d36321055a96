import { expect, test } from 'vitest'
import { createVirtualClock } from '../../core/virtual-clock.ts'
import { Collector, dispatch, exchange } from '../../transport/__fixtures__/collector.ts'
import { useServers } from '../../transport/__fixtures__/use-servers.ts'
import { createSocketTransport } from './socket-transport.ts'

const { httpServer, transport } = useServers()

test('a request that no connection can make ends once, with what HTTP says of it', async () => {
  const via = createSocketTransport(transport(), createVirtualClock(), 5_000)
  const origin = await httpServer((_, response) => response.end())
  const got = await exchange(via, origin, { headers: { 'x-odd': 'two\nlines' }, body: '{}' })
  expect(got.order).toEqual(['error'])
})

test('one that is given up before it is connected is heard of no more', async () => {
  const origin = await httpServer((_, response) => response.end('over HTTP'))
  const via = createSocketTransport(transport(), createVirtualClock(), 5_000)
  const left = new Collector()
  dispatch(via, origin, left, { body: '{}' }).abort()
  // By the time another one has had its refusal and its answer, the first would have had its own.
  const got = await exchange(via, origin, { body: '{}' })
  expect(got).toMatchObject({ order: ['head', 'data', 'end'], text: 'over HTTP' })
  expect(left.order).toEqual([])
})
