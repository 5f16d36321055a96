/**
 * The least that a relay on Node can be: `node:http` in, undici's `dispatch` out. It reads the request as JSON, as it must to know
 * the model, sends its bytes on, and passes the answer through. No key, no limit, no usage, no ledger, no log.
 *
 * Usage: node bare-relay.mjs PORT UPSTREAM_PORT
 */

import { createServer } from 'node:http'

import { Agent } from 'undici'

const [port, upstreamPort] = process.argv.slice(2).map(Number)
const agent = new Agent()

const server = createServer({ noDelay: true }, (request, response) => {
  /** @type {Buffer[]} */
  const chunks = []
  request.on('data', (chunk) => chunks.push(chunk))
  request.on('end', () => {
    const body = chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)
    if (body !== undefined && body.length > 0) JSON.parse(body.toString())
    const { url = '/', method } = request
    agent.dispatch(
      {
        origin: `http://127.0.0.1:${upstreamPort}`,
        path: url,
        method: method === 'GET' ? 'GET' : 'POST',
        headers: ['content-type', 'application/json', 'authorization', 'Bearer bench'],
        body: method === 'GET' ? null : (body ?? null),
      },
      {
        onRequestStart() {},
        onResponseStart(_controller, status, headers) {
          const length = headers['content-length']
          response.writeHead(status, {
            'content-type': String(headers['content-type']),
            ...(length === undefined ? {} : { 'content-length': String(length) }),
          })
        },
        onResponseData(_controller, chunk) {
          response.write(chunk)
        },
        onResponseEnd() {
          response.end()
        },
        onResponseError() {
          response.destroy()
        },
      },
    )
  })
})
server.listen(port, '127.0.0.1')
