import type { Account } from '../accounts/account.ts'
import { githubError } from '../errors/error-bodies.ts'
import { Refusal } from '../errors/refusal.ts'
import type { Incoming } from '../server/incoming.ts'
import type { GitHubToken } from '../tokens/github-tokens.ts'
import type { World } from '../world.ts'

export interface GitHubCaller {
  readonly token: GitHubToken
  readonly account: Account
}

const NO_USER_AGENT = `Request forbidden by administrative rules. Please make sure your request has a User-Agent header (https://docs.github.com/en/rest/overview/resources-in-the-rest-api#user-agent-required). Check https://developer.github.com for other possible causes.
`

/** The gates of GitHub's REST API: a user agent, then a token by `token` or `Bearer`. */
export function signedIn(world: World, incoming: Incoming): GitHubCaller {
  requireUserAgent(incoming)
  const { credential } = incoming
  const known =
    credential.type === 'github' && ['token', 'bearer'].includes(credential.scheme)
      ? credential.token
      : undefined
  const account = known && world.accounts.get(known.login)
  if (!known || !account) {
    const missing = incoming.headers['authorization'] === undefined
    const message = missing ? 'Requires authentication' : 'Bad credentials'
    throw new Refusal('github-token', githubError(401, message))
  }
  return { token: known, account }
}

/** GitHub's REST API talks to nobody who does not say what it is. */
export function requireUserAgent(incoming: Incoming): void {
  if (incoming.headers['user-agent']) return
  throw new Refusal('user-agent', {
    kind: 'whole',
    status: 403,
    headers: { 'content-type': 'text/html; charset=utf-8' },
    body: NO_USER_AGENT,
  })
}
