import type { Clock } from '../../core/clock.ts'
import { wait } from '../../core/clock.ts'
import { AuthenticationError, BadGatewayError, JetwayError } from '../../core/errors.ts'
import type { HttpClient, HttpResponse } from '../../core/http.ts'
import { isTokenText } from '../credentials/token-kind.ts'
import type { GitHubHosts } from '../github/hosts.ts'
import { isLoopback } from '../github/origin.ts'
import { readSignInAnswer, secondsOf } from './answer.ts'

/** What a person is shown, and what the polls need. Plain data: it may be kept between two requests. */
export interface DeviceCode {
  readonly deviceCode: string
  readonly userCode: string
  readonly verificationUri: string
  /** Milliseconds since 1970. */
  readonly expiresAtMs: number
  readonly intervalMs: number
}

export type PollResult =
  | { readonly state: 'done'; readonly token: string }
  | { readonly state: 'pending' }
  | { readonly state: 'slow-down'; readonly intervalMs: number }
  /** GitHub does not know the code; just after issue it may only not have heard of it yet. */
  | { readonly state: 'unknown-code'; readonly error: JetwayError }
  | { readonly state: 'failed'; readonly error: JetwayError }

export interface FlowContext {
  readonly http: HttpClient
  readonly clock: Clock
  readonly hosts: GitHubHosts
  readonly headers: Readonly<Record<string, string>>
}

const GRANT_TYPE = 'urn:ietf:params:oauth:grant-type:device_code'
/** What `slow_down` adds when it names no new interval (RFC 8628, section 3.5). */
const SLOWER_MS = 5_000
/** A poll exactly on the interval may arrive a moment early. */
const MARGIN_MS = 250
const MAX_UNKNOWN_CODE = 2

export async function startDeviceFlow(
  context: FlowContext,
  signal: AbortSignal,
): Promise<DeviceCode> {
  const { clock, hosts } = context
  const response = await post(
    context,
    hosts.deviceCodeUrl,
    { client_id: hosts.clientId, scope: 'read:user' },
    signal,
  )
  const answer = readSignInAnswer(response)
  const deviceCode = answer.get('device_code')
  const userCode = answer.get('user_code')
  const verificationUri = answer.get('verification_uri')
  if (!deviceCode || !userCode || !verificationUri) {
    const known = response.status === 404 ? undefined : answer.get('error')
    throw refusal(known ?? `status_${response.status}`, answer)
  }
  if (!isSafePage(verificationUri) || !/^[\w-]{4,32}$/.test(userCode)) {
    throw new BadGatewayError('GitHub answered the sign-in with a page or code that is none.', {
      llm_provider: 'github_copilot',
      code: 'sign_in_failed',
    })
  }
  return {
    deviceCode,
    userCode,
    verificationUri,
    expiresAtMs: clock.now() + (secondsOf(answer, 'expires_in') ?? 900) * 1000,
    intervalMs: (secondsOf(answer, 'interval') ?? 5) * 1000,
  }
}

/** One poll. Rejects when GitHub cannot be reached. */
export async function pollOnce(
  context: FlowContext,
  code: DeviceCode,
  signal: AbortSignal,
): Promise<PollResult> {
  const { hosts } = context
  const response = await post(
    context,
    hosts.accessTokenUrl,
    { client_id: hosts.clientId, device_code: code.deviceCode, grant_type: GRANT_TYPE },
    signal,
  )
  const answer = readSignInAnswer(response)
  // An app with expiring tokens sends `refresh_token` and its times too; the token is read all the same.
  const token = answer.get('access_token')
  if (token && isTokenText(token)) return { state: 'done', token }
  const error = answer.get('error') ?? `status_${response.status}`
  switch (error) {
    case 'authorization_pending':
      return { state: 'pending' }
    case 'slow_down': {
      const named = secondsOf(answer, 'interval')
      const intervalMs = named === undefined ? code.intervalMs + SLOWER_MS : named * 1000
      return { state: 'slow-down', intervalMs: Math.max(intervalMs, code.intervalMs) }
    }
    case 'incorrect_device_code':
      return { state: 'unknown-code', error: refusal(error, answer) }
    default:
      if (response.status >= 500 || response.status === 429) return { state: 'pending' }
      return { state: 'failed', error: refusal(error, answer) }
  }
}

/** Polls until the person has decided, the code is too old, or the signal aborts. Returns the GitHub token. */
export async function pollDeviceFlow(
  context: FlowContext,
  issued: DeviceCode,
  signal: AbortSignal,
): Promise<string> {
  const { clock } = context
  const leftMs = issued.expiresAtMs - clock.now()
  const deadline = clock.monotonic() + leftMs
  let { intervalMs } = issued
  let unknown = 0
  for (;;) {
    const untilDeadline = deadline - clock.monotonic()
    if (untilDeadline <= 0) throw refusal('expired_token', new Map())
    await wait(clock, Math.min(intervalMs + MARGIN_MS, untilDeadline), signal)
    if (clock.monotonic() >= deadline) throw refusal('expired_token', new Map())
    const result = await pollOnce(context, { ...issued, intervalMs }, signal).catch(
      pendingIfUnreachable(signal),
    )
    switch (result.state) {
      case 'done':
        return result.token
      case 'failed':
        throw result.error
      case 'unknown-code':
        unknown += 1
        if (unknown > MAX_UNKNOWN_CODE) throw result.error
        break
      case 'slow-down':
        intervalMs = result.intervalMs
        break
      case 'pending':
        break
    }
  }
}

/** A network that comes and goes does not end a sign-in: the code is good until it expires. */
function pendingIfUnreachable(signal: AbortSignal): (error: unknown) => PollResult {
  return (error) => {
    if (signal.aborted || !(error instanceof JetwayError)) throw error
    return { state: 'pending' }
  }
}

function post(
  context: FlowContext,
  url: string,
  fields: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<HttpResponse> {
  return context.http.request({
    method: 'POST',
    url,
    headers: {
      ...context.headers,
      accept: 'application/json',
      'content-type': 'application/json',
    },
    body: JSON.stringify(fields),
    timeoutMs: 15_000,
    maxBytes: 1 << 16,
    signal,
  })
}

/** The page is opened in a browser: it must not be anything but a page. */
function isSafePage(text: string): boolean {
  if (!URL.canParse(text)) return false
  const url = new URL(text)
  if (url.username !== '' || url.password !== '') return false
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname))
}

const REASONS: Readonly<Record<string, string>> = {
  expired_token: 'the code was not entered in time. Start again with `jetway login`.',
  access_denied:
    'it was denied on the page. Start again with `jetway login` if that was a mistake.',
  incorrect_device_code: 'GitHub does not know the code. Start again with `jetway login`.',
  device_flow_disabled: 'the app has the device flow switched off. Check GITHUB_COPILOT_CLIENT_ID.',
  incorrect_client_credentials: 'GitHub does not know the app. Check GITHUB_COPILOT_CLIENT_ID.',
  unauthorized_client: 'the app may not sign in this way. Check GITHUB_COPILOT_CLIENT_ID.',
  unsupported_grant_type: 'the server does not know the device flow. Check the configured URLs.',
  status_404: 'GitHub does not know the app or the page. Check GITHUB_COPILOT_CLIENT_ID and URLs.',
}

function refusal(code: string, answer: ReadonlyMap<string, string>): AuthenticationError {
  const said = answer.get('error_description')
  const reason = REASONS[code] ?? `${said ?? code.replace(/^status_/, 'GitHub answered ')}.`
  return new AuthenticationError(`The sign-in to GitHub did not succeed: ${reason}`, {
    llm_provider: 'github_copilot',
    code: code.startsWith('status_') ? 'sign_in_failed' : code,
  })
}
