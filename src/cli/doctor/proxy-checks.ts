import { readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { readProxies } from '../../transport/proxy-settings.ts'
import type { ProxySettings } from '../../transport/proxy-settings.ts'
import { EXIT } from '../exit-codes.ts'
import type { Finding, Patient } from './finding.ts'
import { good, problem, reasonOf, warning } from './finding.ts'

const PATIENCE_MS = 3_000
const DEFAULT_PORTS: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443 }

export async function checkProxy(patient: Patient): Promise<Finding> {
  const { environment } = patient
  const authority = checkAuthority(environment['NODE_EXTRA_CA_CERTS'])
  if (authority) return authority
  let proxies: ProxySettings | undefined
  try {
    proxies = readProxies(environment)
  } catch (error) {
    const mend = 'set it as http://host:port or socks5://host:port, or unset it'
    return problem('proxy', reasonOf(error), mend, EXIT.unreachable)
  }
  if (!proxies) return good('proxy', 'none')
  const addresses = [...new Set([proxies.https, proxies.http].flatMap((url) => url ?? []))]
  for (const address of addresses) {
    const failure = await reach(address, patient.signal)
    if (failure !== undefined) {
      return problem(
        'proxy',
        `the proxy ${address.host} cannot be reached: ${failure}`,
        'start it, correct HTTPS_PROXY, HTTP_PROXY or ALL_PROXY, or unset them where no proxy is needed',
        EXIT.unreachable,
      )
    }
  }
  // The password is in the address, too.
  const names = addresses.map(({ protocol, host }) => `${protocol}//${host}`).join(', ')
  const { noProxy } = proxies
  return /(^|[,\s])(\*|127\.0\.0\.1|localhost)/.test(noProxy)
    ? good('proxy', names)
    : warning(
        'proxy',
        `${names}; NO_PROXY does not name this machine, so clients may ask the proxy for the gateway`,
        `set NO_PROXY=${[noProxy, 'localhost,127.0.0.1'].filter(Boolean).join(',')}`,
      )
}

/** Node reads it once, at its start, and says nothing of a file without certificates. */
function checkAuthority(file: string | undefined): Finding | undefined {
  if (file === undefined || file === '') return undefined
  const mend = 'name a file with certificates in PEM, or unset it'
  try {
    if (/-----BEGIN CERTIFICATE-----/.test(readFileSync(file, 'utf8'))) return undefined
    return problem('proxy', `NODE_EXTRA_CA_CERTS names ${file}, which holds no certificate`, mend)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const why = code === 'ENOENT' ? 'which is not there' : `which cannot be read (${code})`
    return problem('proxy', `NODE_EXTRA_CA_CERTS names ${file}, ${why}`, mend)
  }
}

/** Why no connection comes about, or `undefined`. */
function reach(
  { hostname, port, protocol }: URL,
  signal: AbortSignal,
): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({
      host: hostname.replace(/^\[|\]$/g, ''),
      port: Number(port || (DEFAULT_PORTS[protocol] ?? 1080)),
      signal,
    })
    const end = (failure?: string): void => {
      socket.destroy()
      resolve(failure)
    }
    socket.setTimeout(PATIENCE_MS, () => {
      end('it does not answer')
    })
    socket.once('connect', () => {
      end()
    })
    socket.once('error', (error: NodeJS.ErrnoException) => {
      end(error.code ?? error.message)
    })
  })
}
