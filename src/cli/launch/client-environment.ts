import type { ClientSpec, ClientTarget } from '../clients/client.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** What opens the seat or the gateway is not the client's business: it has a key of its own. */
const OURS: ReadonlySet<string> = new Set([
  'COPILOT_API_KEY',
  'COPILOT_GITHUB_TOKEN',
  'COPILOT_OAUTH_TOKEN',
  'JETWAY_GITHUB_APP_PRIVATE_KEY',
  'JETWAY_MASTER_KEY',
  'JETWAY_SEAL_KEY',
  'JETWAY_SERVICE_TOKEN',
  'LITELLM_MASTER_KEY',
])

const PROXIES = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY', 'http_proxy', 'https_proxy', 'all_proxy']
const LOOPBACK = ['127.0.0.1', 'localhost', '::1']

/** The person's environment, less what leads elsewhere or is secret, and the client's variables. */
export function clientEnvironment(
  environment: Environment,
  client: Pick<ClientSpec, 'environment' | 'without'>,
  target: ClientTarget,
): Record<string, string> {
  const taken: Record<string, string> = {}
  for (const [name, value] of Object.entries(environment)) {
    if (value !== undefined && !OURS.has(name) && !client.without.includes(name)) {
      taken[name] = value
    }
  }
  return { ...taken, ...besideProxies(environment), ...client.environment(target) }
}

/** A corporate proxy has no way to the gateway on this machine. */
function besideProxies(environment: Environment): Record<string, string> {
  if (!PROXIES.some((name) => environment[name])) return {}
  const before = environment['NO_PROXY'] ?? environment['no_proxy'] ?? ''
  const parts = before.split(',').map((part) => part.trim())
  if (parts.includes('*')) return {}
  const all = [...new Set([...parts, ...LOOPBACK])].filter((part) => part !== '').join(',')
  return { NO_PROXY: all, no_proxy: all }
}
