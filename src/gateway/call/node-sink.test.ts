import { createServer, request } from 'node:http'
import { connect } from 'node:net'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { NodeSink } from './node-sink.ts'

const ANSWERS: Readonly<Record<string, Uint8Array>> = {
  '/text': Buffer.from('{"text":"grüße, 世界 🙂"}'),
  '/every-byte': Uint8Array.from({ length: 256 }, (_, byte) => byte),
  '/part-of-a-buffer': Buffer.from('before{}after').subarray(6, 8),
  '/longest-joined': Buffer.alloc(16_384, 'a'),
  '/longer': Buffer.alloc(16_385, 'ü'),
  '/much-longer': Buffer.alloc(3_000_000, 'b'),
  '/empty': new Uint8Array(0),
  '/gone': Buffer.from('{}'),
}
const WHOLE = Object.keys(ANSWERS).filter((path) => path !== '/gone')
let closed = 0
let cut = 0
const server = createServer((request_, response) => {
  response.on('close', () => {
    if (response.writableFinished) closed += 1
    else cut += 1
  })
  const sink = new NodeSink(response, 'the-id')
  if (request_.url === '/gone') request_.socket.destroy()
  sink.head(200, { 'content-type': 'application/json' })
  sink.end(ANSWERS[request_.url ?? ''])
  sink.release()
})

beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)))
afterAll(() => {
  server.close()
  server.closeAllConnections()
})

function ask(path: string, method: string) {
  return new Promise<{ length: string | undefined; id: unknown; bytes: Buffer }>(
    (resolve, reject) => {
      const { port } = server.address() as AddressInfo
      const asked = request({ host: '127.0.0.1', port, path, method }, (answer) => {
        const chunks: Buffer[] = []
        answer.on('data', (chunk: Buffer) => chunks.push(chunk))
        answer.on('end', () => {
          const { 'content-length': length, 'x-request-id': id } = answer.headers
          resolve({ length, id, bytes: Buffer.concat(chunks) })
        })
      })
      asked.on('error', reject)
      asked.end()
    },
  )
}

test.each(WHOLE)('a whole answer arrives byte by byte: %s', async (path) => {
  const expected = Buffer.from(ANSWERS[path] ?? [])
  const before = closed
  const { length, id, bytes } = await ask(path, 'POST')
  expect(bytes.equals(expected)).toBe(true)
  expect({ length, id }).toEqual({ length: String(expected.length), id: 'the-id' })
  await expect.poll(() => closed).toBe(before + 1)
})

test('an answer to a client that is gone is no finished one', async () => {
  await expect(ask('/gone', 'POST')).rejects.toThrow('socket hang up')
  await expect.poll(() => cut).toBe(1)
})

test('the answer to HEAD has the length and no body', async () => {
  const { length, bytes } = await ask('/text', 'HEAD')
  expect({ length, body: bytes.length }).toEqual({
    length: String(ANSWERS['/text']?.length),
    body: 0,
  })
})

test('answers to requests that were sent without waiting come in their order', async () => {
  const { port } = server.address() as AddressInfo
  const paths = ['/text', '/longer', '/every-byte', '/empty', '/text']
  const expected = paths.map((path) => Buffer.from(ANSWERS[path] ?? []))
  const received = await new Promise<Buffer>((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => {
      const last = paths.length - 1
      socket.write(
        paths
          .map((path, at) => {
            const connection = at === last ? 'close' : 'keep-alive'
            return `POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\nconnection: ${connection}\r\n\r\n`
          })
          .join(''),
      )
    })
    const chunks: Buffer[] = []
    socket.on('data', (chunk) => chunks.push(chunk))
    socket.on('error', reject)
    socket.on('end', () => resolve(Buffer.concat(chunks)))
  })
  let at = 0
  for (const body of expected) {
    at = received.indexOf('\r\n\r\n', at) + 4
    expect(received.subarray(at, at + body.length).equals(body)).toBe(true)
    at += body.length
  }
  expect(at).toBe(received.length)
})
