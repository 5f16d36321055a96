// oxlint-disable-next-line typescript/triple-slash-reference -- the declaration build takes single files and what they name
/// <reference path="./undici-agent.d.ts" />
import { createRequire } from 'node:module'
import type * as Undici from 'undici'
import Agent from 'undici/lib/dispatcher/agent.js'
import { createNoProxy } from './no-proxy.ts'
import { isSocks } from './proxy-settings.ts'
import type { ProxySettings } from './proxy-settings.ts'
import { connectBySocks5 } from './socks5.ts'

type Options = Undici.Agent.Options & { readonly connect: { readonly timeout: number } }

/**
 * Behind a proxy the whole of undici is loaded: its main entry gives agents the `connect` that tunnels need. Its own SOCKS5 is
 * passed by: it is experimental, says so on stderr, and leaves out time limits and keep-alive.
 */
export function createProxiedAgent(
  { http, https, noProxy }: ProxySettings,
  options: Options,
  tls: { readonly ca?: string[] },
): Undici.Dispatcher {
  const undici = createRequire(import.meta.url)('undici') as typeof Undici
  const written = (proxy: URL | undefined): string =>
    proxy === undefined || isSocks(proxy) ? '' : proxy.href
  const byHttp = (): Undici.Dispatcher =>
    new undici.EnvHttpProxyAgent({
      ...options,
      // All three are always given, so that undici never looks into `process.env` by itself.
      httpProxy: written(http),
      httpsProxy: written(https),
      noProxy,
      requestTls: tls,
      proxyTls: tls,
    })
  if (![http, https].some((proxy) => proxy && isSocks(proxy))) return byHttp()

  const skips = createNoProxy(noProxy)
  const connectOn = undici.buildConnector(options.connect)
  const socksConnector =
    (proxy: URL): Undici.buildConnector.connector =>
    (target, callback) => {
      const isTls = target.protocol === 'https:'
      const { hostname } = target
      const port = Number(target.port || (isTls ? 443 : 80))
      const connected = connectBySocks5(proxy, { hostname, port }, options.connect.timeout)
      // The callback belongs to undici, and may throw: not within the promise, which would take it for a failure to connect.
      connected.then(
        (socket) => {
          setImmediate(() => {
            if (isTls) connectOn({ ...target, httpSocket: socket }, callback)
            // oxlint-disable-next-line promise/no-callback-in-promise -- undici's connectors know no promises
            else callback(null, socket)
          })
        },
        (error: Error) => {
          // oxlint-disable-next-line promise/no-callback-in-promise -- as above
          setImmediate(callback, error, null)
        },
      )
    }
  return new Agent({
    ...options,
    factory(origin, poolOptions) {
      const url = new URL(origin)
      const proxy = url.protocol === 'https:' ? https : http
      if (proxy === undefined || skips(url)) return new undici.Pool(url.origin, poolOptions)
      if (!isSocks(proxy)) return byHttp()
      return new undici.Pool(
        url.origin,
        Object.assign({}, poolOptions, { connect: socksConnector(proxy) }),
      )
    },
  })
}
