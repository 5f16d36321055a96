import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { systemClock } from '../../../core/clock.ts'
import { DEFAULT_SETTINGS } from '../../../core/default-settings.ts'
import { silentLog } from '../../../core/log.ts'
import { createRecordingEngine } from '../../__fixtures__/recording-engine.ts'
import type { GatewayHouse } from '../../house.ts'
import { createResponseBook } from '../response-book.ts'
import { Connection } from './connection.ts'

test('what a client that left asked to be remembered takes no room of the others', async () => {
  const budget = { bytes: 0, maxBytes: 1_000_000 }
  let asked = (): void => {}
  const lookedFor = new Promise<void>((resolve) => {
    asked = resolve
  })
  let tell: (found: undefined) => void = () => {}
  const store = {
    save: () => Promise.resolve(),
    remove: () => Promise.resolve(false),
    find: () =>
      new Promise<{
        id: string
        owner: string
        createdAt: number
        expiresAt: number
        body: string
      }>((resolve) => {
        asked()
        tell = () => {
          resolve({
            id: 'resp_1',
            owner: '',
            createdAt: 0,
            expiresAt: 1,
            body: '{"input":["what was said"]}',
          })
        }
      }),
  }
  const book = createResponseBook({
    store,
    settings: () => DEFAULT_SETTINGS.gateway.responses,
    clock: systemClock,
    log: silentLog,
  })
  const house = {
    clock: systemClock,
    log: silentLog,
    newId: () => 'id',
    onRefused: () => {},
    authenticator: { authenticate: () => ({ kind: 'open', seat: 'own' }) },
  } as unknown as GatewayHouse
  const server = new WebSocketServer({ port: 0 })
  const ended = new Promise<void>((resolve) => {
    server.on('connection', (socket) => {
      void new Connection(socket, {
        house,
        engine: createRecordingEngine(),
        book,
        budget,
        upgrade: {},
      })
      socket.on('close', resolve)
    })
  })
  const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`)
  await once(client, 'open')
  const frame = {
    type: 'response.create',
    model: 'gpt-4o',
    generate: false,
    previous_response_id: 'resp_1',
    input: 'go on',
  }
  client.send(JSON.stringify(frame))
  await lookedFor
  client.terminate()
  await ended
  tell(undefined)
  await new Promise((resolve) => setImmediate(resolve))
  expect(budget.bytes).toBe(0)
  server.close()
})
