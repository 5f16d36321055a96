import { expect, test } from 'vitest'
import type { Permit } from '../../core/admission.ts'
import type { CallRecord } from '../../core/ledger.ts'
import { RecordingSink } from '../__fixtures__/recording-sink.ts'
import { useHouses } from '../__fixtures__/served-house.ts'
import { testCall } from '../__fixtures__/test-house.ts'

const houses = useHouses()

test('a permit that comes when the client has gone is given back, once', async () => {
  const settled: CallRecord[] = []
  let grant: (permit: Permit) => void = () => {}
  let asked: () => void = () => {}
  const isAsked = new Promise<void>((resolve) => (asked = resolve))
  const { engine } = await houses.house([], {
    admission: {
      admit: () => {
        asked()
        return new Promise((resolve) => (grant = resolve))
      },
    },
  })
  const client = new AbortController()
  const call = testCall({ model: 'one' }, { signal: client.signal })
  const running = engine.run(call, new RecordingSink())
  await isAsked
  client.abort()
  const record = await running
  expect(record.outcome).toBe('aborted')
  expect(settled).toEqual([])
  grant({ headers: {}, queuedMs: 0, settle: (given) => settled.push(given) })
  await new Promise((resolve) => setImmediate(resolve))
  expect(settled).toEqual([record])
})
