import type { Environment } from '../environment.ts'
import { configurationError, variable } from '../environment.ts'
import type { ApiBase, Trust } from './origin.ts'
import { checkOperatorBase, isLoopback } from './origin.ts'

/** The GitHub App "GitHub Copilot Plugin", as LiteLLM and the editors' plugins use it. */
const CLIENT_ID = 'Iv1.b507a08c87ecfe98'

/** Every address one credential needs. */
export interface GitHubHosts {
  readonly clientId: string
  readonly deviceCodeUrl: string
  readonly accessTokenUrl: string
  readonly exchangeUrl: string
  /** Plan, host and quota of an account. */
  readonly accountUrl: string
  /** Set by the operator: wins over whatever a token says. */
  readonly explicitApi: ApiBase | undefined
  /** Where calls go when nothing names a host. */
  readonly defaultApi: ApiBase
  /** Which hosts an answer may name. */
  readonly trust: Trust
}

/** What the environment says, checked once. */
export interface ConfiguredHosts {
  /** Where a sign-in without a host of its own is: `github.com` unless the URLs name a tenant. */
  readonly host: string
  readonly hostsFor: (credentialHost: string) => GitHubHosts
}

export function configuredHosts(environment: Environment): ConfiguredHosts {
  const deviceCode = url(environment, 'GITHUB_COPILOT_DEVICE_CODE_URL')
  const accessToken = url(environment, 'GITHUB_COPILOT_ACCESS_TOKEN_URL')
  const exchange = url(environment, 'GITHUB_COPILOT_API_KEY_URL')
  const api = url(environment, 'GITHUB_COPILOT_API_BASE')
  const clientId = variable(environment, 'GITHUB_COPILOT_CLIENT_ID') ?? CLIENT_ID

  const pages = [deviceCode, accessToken].filter((found) => found !== undefined)
  const rest = [exchange, api].filter((found) => found !== undefined)
  // One address of a tenant, a server or an emulator tells where its others are.
  const host = hostNamedBy(pages, rest) ?? 'github.com'
  const loopback = [...pages, ...(exchange ? [exchange] : [])].find((found) => {
    return isLoopback(found.hostname)
  })
  const explicitApi = api && baseOf(api)

  const hostsFor = (credentialHost: string): GitHubHosts => {
    const standard = loopback
      ? standardHosts(loopback.origin, loopback.origin, loopback.origin)
      : hostsOf(credentialHost)
    const exchangeUrl = exchange?.href ?? standard.exchangeUrl
    return {
      clientId,
      deviceCodeUrl: deviceCode?.href ?? standard.deviceCodeUrl,
      accessTokenUrl: accessToken?.href ?? standard.accessTokenUrl,
      exchangeUrl,
      accountUrl: accountUrlBeside(exchangeUrl),
      explicitApi,
      defaultApi: explicitApi ?? standard.defaultApi,
      trust: {
        loopback: loopback !== undefined,
        tenants: [credentialHost, host].filter((name) => name !== 'github.com'),
      },
    }
  }
  return { host, hostsFor }
}

interface StandardHosts {
  readonly deviceCodeUrl: string
  readonly accessTokenUrl: string
  readonly exchangeUrl: string
  readonly defaultApi: ApiBase
}

function hostsOf(host: string): StandardHosts {
  if (host === 'github.com') {
    return standardHosts(
      'https://github.com',
      'https://api.github.com',
      'https://api.githubcopilot.com',
    )
  }
  if (host.endsWith('.ghe.com')) {
    return standardHosts(`https://${host}`, `https://api.${host}`, `https://copilot-api.${host}`)
  }
  // GitHub Enterprise Server keeps its REST API below a path, and has Copilot from github.com's cloud.
  return standardHosts(`https://${host}`, `https://${host}/api/v3`, 'https://api.githubcopilot.com')
}

function standardHosts(site: string, rest: string, api: string): StandardHosts {
  return {
    deviceCodeUrl: `${site}/login/device/code`,
    accessTokenUrl: `${site}/login/oauth/access_token`,
    exchangeUrl: `${rest}/copilot_internal/v2/token`,
    defaultApi: { origin: api, basePath: '' },
  }
}

/** `…/copilot_internal/v2/token` → `…/copilot_internal/user`. */
function accountUrlBeside(exchangeUrl: string): string {
  const at = exchangeUrl.indexOf('/copilot_internal/')
  const server = at === -1 ? new URL(exchangeUrl).origin : exchangeUrl.slice(0, at)
  return `${server}/copilot_internal/user`
}

/** A GHE.com tenant shows in any of its addresses; a server of one's own only in those of its sign-in page. */
function hostNamedBy(pages: readonly URL[], others: readonly URL[]): string | undefined {
  for (const { hostname } of [...pages, ...others]) {
    const tenant = /(?:^|\.)([a-z0-9-]+\.ghe\.com)$/.exec(hostname)?.[1]
    if (tenant) return tenant
  }
  return pages.find(({ hostname }) => !isLoopback(hostname) && hostname !== 'github.com')?.hostname
}

function url(environment: Environment, name: string): URL | undefined {
  const text = variable(environment, name)
  if (text === undefined) return undefined
  const checked = checkOperatorBase(text)
  if (!checked.ok) throw configurationError(`${name} cannot be used: ${checked.reason}.`)
  return new URL(text)
}

function baseOf({ origin, pathname }: URL): ApiBase {
  return { origin, basePath: pathname.replace(/\/+$/, '') }
}
