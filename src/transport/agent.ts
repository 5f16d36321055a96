// oxlint-disable-next-line typescript/triple-slash-reference -- the declaration build takes single files and what they name
/// <reference path="./undici-agent.d.ts" />
import { rootCertificates } from 'node:tls'
import type { Dispatcher } from 'undici'
// Not from the main entry, which also loads fetch, WebSocket, caches and mocks: some 20 ms instead of 60 at every start, and
// 8 MB less. The version is pinned.
import Agent from 'undici/lib/dispatcher/agent.js'
import { readProxies } from './proxy-settings.ts'
import { createProxiedAgent } from './proxied-agent.ts'

export interface AgentOptions {
  /** TCP and TLS together. @default 10000 */
  readonly connectTimeoutMs?: number | undefined
  /** How long an idle connection is kept, unless the server says less. @default 30000 */
  readonly keepAliveMs?: number | undefined
  /** Where `HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY` are read, in either case; nothing else of it is. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined
  /** Certificates in PEM that are trusted beside Node's own. */
  readonly extraCa?: string | undefined
  /** Connections per origin. @default unlimited: the gateway bounds its calls */
  readonly maxConnections?: number | undefined
}

/**
 * Idle connections live 30 seconds, longer than the pause between two turns of an agent, so that a turn seldom
 * pays for a TLS handshake. One that the server closed meanwhile costs a retry on a fresh one, before any byte.
 */
const KEEP_ALIVE_MS = 30_000

export function createAgent(options: AgentOptions): Dispatcher {
  const ca = options.extraCa === undefined ? undefined : [...rootCertificates, options.extraCa]
  const tls = ca === undefined ? {} : { ca }
  const common = {
    connect: { timeout: options.connectTimeoutMs ?? 10_000, ...tls },
    keepAliveTimeout: options.keepAliveMs ?? KEEP_ALIVE_MS,
    keepAliveMaxTimeout: 120_000,
    maxHeaderSize: 64 * 1024,
    // Never offered: undici's half of HTTP/2 is left out of the built package (`scripts/build.mjs`).
    allowH2: false,
    connections: options.maxConnections ?? null,
  }
  const proxies = readProxies(options.env ?? {})
  if (proxies === undefined) return new Agent(common)
  return createProxiedAgent(proxies, common, tls)
}
