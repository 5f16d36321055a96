import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readBody } from './read-body.ts'

const requests: ((request: IncomingMessage) => void)[] = []
const server = createServer((request) => requests.shift()?.(request))
beforeAll(async () => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
})
afterAll(() => void server.close())

/** The request as the gateway has it, and the client's end of its connection. */
async function receive(body: string, length = body.length) {
  const arrived = new Promise<IncomingMessage>((resolve) => requests.push(resolve))
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1')
  client.on('error', () => {})
  client.write(`POST / HTTP/1.1\r\nhost: here\r\ncontent-length: ${length}\r\n\r\n${body}`)
  const request = await arrived
  request.on('error', () => {})
  return { request, client }
}

test.each([
  ['in the midst of its body', 9],
  ['after the whole of it', 2],
])('a client that left %s before anyone read it is gone, not waited for', async (_, length) => {
  const { request, client } = await receive('{}', length)
  const closed = new Promise((resolve) => request.once('close', resolve))
  client.resetAndDestroy()
  await closed
  await expect(readBody(request, 100, () => {})).rejects.toMatchObject({
    code: 'client_closed_request',
  })
})

test('a client that leaves while its body is read is gone', async () => {
  const { request, client } = await receive('{}', 9)
  const read = readBody(request, 100, () => client.resetAndDestroy())
  await expect(read).rejects.toMatchObject({ code: 'client_closed_request' })
})

test('the whole body, however it comes', async () => {
  const { request, client } = await receive('{"a"', 7)
  const read = readBody(request, 100, () => client.write(':1}'))
  expect(String(await read)).toBe('{"a":1}')
  client.destroy()
})
