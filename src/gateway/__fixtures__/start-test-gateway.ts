import { request } from 'node:http'
import type { IncomingHttpHeaders } from 'node:http'
import { connect } from 'node:net'
import { systemClock } from '../../core/clock.ts'
import { DEFAULT_SETTINGS } from '../../core/default-settings.ts'
import { silentLog } from '../../core/log.ts'
import type { GatewaySettings } from '../../core/settings.ts'
import { dialects } from '../../dialects/index.ts'
import { createMasterKeyAuthenticator } from '../call/master-key.ts'
import { startGatewayServer } from '../gateway-server.ts'
import type { GatewayServer, GatewayServerOptions } from '../gateway-server.ts'
import { createRecordingEngine } from './recording-engine.ts'
import type { RecordingEngine } from './recording-engine.ts'

export interface TestGateway {
  readonly gateway: GatewayServer
  readonly engine: RecordingEngine
  readonly settings: { current: GatewaySettings }
}

export async function startTestGateway(
  settings: Partial<GatewaySettings> = {},
  options: Partial<GatewayServerOptions> = {},
): Promise<TestGateway> {
  const engine = createRecordingEngine()
  const held = { current: { ...DEFAULT_SETTINGS.gateway, port: 0, ...settings } }
  const gateway = await startGatewayServer({
    engine,
    dialects,
    settings: () => held.current,
    authenticator: createMasterKeyAuthenticator(() => held.current.masterKey),
    clock: systemClock,
    log: silentLog,
    version: '0.0.0-test',
    ...options,
  })
  return { gateway, engine, settings: held }
}

export interface Reply {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
  readonly json: unknown
}

export interface SendOptions {
  readonly method?: string
  readonly headers?: Record<string, string>
  readonly body?: string | Buffer
}

/** One request over a socket of its own; unlike `fetch` it sends any header and any method. */
export function send(url: string, path: string, options: SendOptions = {}): Promise<Reply> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        host: hostname.replace(/^\[|\]$/g, ''),
        port,
        path,
        method: options.method ?? 'GET',
        headers: options.headers,
        agent: false,
      },
      (incoming) => {
        const chunks: Buffer[] = []
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
        incoming.on('error', reject)
        incoming.on('end', () => {
          const text = Buffer.concat(chunks).toString()
          resolve({
            status: incoming.statusCode ?? 0,
            headers: incoming.headers,
            text,
            json: parsed(text),
          })
        })
      },
    )
    outgoing.on('error', reject)
    outgoing.end(options.body)
  })
}

export function post(
  url: string,
  path: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Reply> {
  return send(url, path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body),
  })
}

/** Sends bytes as they are, and gives back all that comes until the other side closes. */
export function sendRaw(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    const socket = connect(port, '127.0.0.1', () => socket.write(text))
    socket.on('data', (chunk: Buffer) => chunks.push(chunk))
    socket.on('error', reject)
    socket.on('close', () => {
      resolve(Buffer.concat(chunks).toString('latin1'))
    })
  })
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
