import { AuthenticationError } from '../../core/errors.ts'
import { parseApiToken } from '../credentials/api-token.ts'
import type { Credential } from '../credentials/credential.ts'
import type { GitHubHosts } from '../github/hosts.ts'
import type { ChooseBase } from './choose-base.ts'
import type { Grant, GrantRequest } from './grant.ts'

const MISDIRECTED =
  "belongs to an account whose API is on another host: set GITHUB_COPILOT_API_BASE to the account's"

/** A Copilot API token that someone put in place themselves: it serves as long as it says, and nobody can renew it. */
export function staticGrant(options: {
  readonly credential: Credential
  readonly hosts: GitHubHosts
  readonly request: GrantRequest
  readonly nowMs: number
  readonly baseFor: ChooseBase
}): Grant {
  const { credential, hosts, request, nowMs, baseFor } = options
  const fields = parseApiToken(credential.token)
  const expiresAtMs = fields?.expiresAt === undefined ? undefined : fields.expiresAt * 1000
  if (expiresAtMs !== undefined && expiresAtMs <= nowMs) {
    throw unusable(credential, `expired at ${new Date(expiresAtMs).toISOString()}`)
  }
  if (request.reason === 'refused' && request.old.bearer === credential.token) {
    throw unusable(credential, 'is refused by GitHub Copilot')
  }
  if (request.reason === 'misdirected') throw unusable(credential, MISDIRECTED)
  // The chat host is the sibling of the completions proxy: `proxy.individual.…`, `api.individual.…`.
  const plan = /^proxy\.(.+)$/.exec(fields?.proxyEndpoint ?? '')?.[1]
  const sibling = plan === undefined ? undefined : `https://api.${plan}`
  const named = credential.apiEndpoint ?? (hosts.trust.loopback ? undefined : sibling)
  return {
    bearer: credential.token,
    credential,
    way: 'exchange',
    base: baseFor(hosts, named),
    expiresAtMs,
    deadAtMs: expiresAtMs,
    sku: fields?.sku,
  }
}

function unusable(credential: Credential, what: string): AuthenticationError {
  const place = credential.file ?? credential.source
  return new AuthenticationError(
    `The Copilot API token of ${place} ${what}. Put a new one there, or sign in with \`jetway login\`, which renews it by itself.`,
    { llm_provider: 'github_copilot', code: 'api_token_unusable' },
  )
}
