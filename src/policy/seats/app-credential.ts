import { createPrivateKey, createSign, type KeyObject } from 'node:crypto'
import type { Clock } from '../../core/clock.ts'
import { AuthenticationError, BadGatewayError } from '../../core/errors.ts'
import type { HttpClient } from '../../core/http.ts'
import { asObject, asString, tryParseJson } from '../../core/json.ts'
import type { GitHubToken } from './seat-service.ts'

/** A GitHub App with the permission "Copilot Requests", installed in the organisation that pays. */
export interface AppOptions {
  readonly http: () => HttpClient
  readonly clock: Clock
  /** The App's id or client id. */
  readonly appId: string
  readonly installationId: string
  /** PEM, as GitHub gives it. */
  readonly privateKey: string
  /** @default 'github.com' */
  readonly host?: string | undefined
  /** @default GitHub's own for the host */
  readonly apiUrl?: string | undefined
}

/** Installation tokens live an hour; one that has this long to go is renewed. */
const RENEW_BEFORE_MS = 5 * 60_000
/** GitHub takes ten minutes at most, and wants room for clocks that differ. */
const JWT_SECONDS = 540
const CLOCK_SKEW_SECONDS = 60

/**
 * The organisation's own credential, renewed from the App's private key for as long as the gateway runs.
 * https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/generating-an-installation-access-token-for-a-github-app
 */
export function createAppCredential(options: AppOptions): (ended?: string) => Promise<GitHubToken> {
  const { http, clock, appId, installationId } = options
  const host = options.host ?? 'github.com'
  const api = options.apiUrl ?? apiOf(host)
  const key = readKey(options.privateKey)
  let held: { readonly token: GitHubToken; readonly expiresAtMs: number } | undefined
  let flight: Promise<GitHubToken> | undefined

  const renew = async (): Promise<GitHubToken> => {
    const response = await http().request({
      method: 'POST',
      url: `${api}/app/installations/${encodeURIComponent(installationId)}/access_tokens`,
      headers: {
        accept: 'application/vnd.github+json',
        authorization: `Bearer ${jwt(appId, key, clock.now())}`,
        'x-github-api-version': '2022-11-28',
        'user-agent': 'jetway',
      },
      timeoutMs: 15_000,
      maxBytes: 1 << 16,
    })
    const body = asObject(tryParseJson(response.body))
    if (response.status !== 201) throw refused(response.status, asString(body?.['message']))
    const token = asString(body?.['token'])
    const expiresAtMs = Date.parse(asString(body?.['expires_at']) ?? '')
    if (token === undefined || Number.isNaN(expiresAtMs)) {
      throw new BadGatewayError(
        'GitHub answered the request for an installation token with something else.',
        {
          llm_provider: 'github_copilot',
        },
      )
    }
    held = { token: { token, host, expiresAtMs }, expiresAtMs }
    return held.token
  }

  return (ended) => {
    // GitHub may end a token before its time: when the installation was suspended, or given other permissions.
    const isEnded = ended !== undefined && ended === held?.token.token
    if (held && !isEnded && held.expiresAtMs - clock.now() > RENEW_BEFORE_MS) {
      return Promise.resolve(held.token)
    }
    flight ??= renew()
      .catch((error: unknown) => {
        // There are minutes left: GitHub may be back in them, and the next call asks again.
        if (held && held.expiresAtMs > clock.now()) return held.token
        throw error
      })
      .finally(() => {
        flight = undefined
      })
    return flight
  }
}

/** RS256: https://www.rfc-editor.org/rfc/rfc7519 */
function jwt(issuer: string, key: KeyObject, nowMs: number): string {
  const seconds = Math.floor(nowMs / 1000)
  const claims = { iat: seconds - CLOCK_SKEW_SECONDS, exp: seconds + JWT_SECONDS, iss: issuer }
  const signed = `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode(claims)}`
  return `${signed}.${createSign('RSA-SHA256').update(signed).sign(key, 'base64url')}`
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

function readKey(pem: string): KeyObject {
  try {
    // In an environment variable line ends are often written out.
    const key = createPrivateKey(pem.replaceAll('\\n', '\n'))
    if (key.asymmetricKeyType === 'rsa') return key
  } catch {
    // Said below, without a word of the key.
  }
  throw new Error('the private key of the GitHub App is no RSA key in PEM, as GitHub gives it')
}

/** GHE.com has a host for its API; a server of one's own has a path. */
function apiOf(host: string): string {
  if (host === 'github.com') return 'https://api.github.com'
  return host.endsWith('.ghe.com') ? `https://api.${host}` : `https://${host}/api/v3`
}

function refused(status: number, said: string | undefined): AuthenticationError {
  return new AuthenticationError(
    `GitHub gave no token for the App's installation (${status}): ${said ?? 'no reason given'}. Check the App's id, its installation and its private key`,
    { llm_provider: 'github_copilot', code: 'app_refused', status: status >= 500 ? 502 : 401 },
  )
}
