import { githubError } from '../errors/error-bodies.ts'
import { Refusal } from '../errors/refusal.ts'
import { requireUserAgent } from '../github/sign-in.ts'
import type { Incoming } from '../server/incoming.ts'
import { jsonReply } from '../server/reply.ts'
import type { Reply } from '../server/reply.ts'
import type { Route } from '../server/routes.ts'
import type { World } from '../world.ts'
import { checkJwt } from './check-jwt.ts'

const PATH = /^(?:\/api\/v3)?\/app\/installations\/(\d+)\/access_tokens$/
/** https://docs.github.com/en/rest/apps/apps#create-an-installation-access-token-for-an-app */
const LIFETIME_SECONDS = 3600

/** `POST /app/installations/{id}/access_tokens`: a JWT of the App in, a `ghs_` token for an hour out. */
export const INSTALLATION_TOKEN_ROUTE: Route = {
  name: 'installation-token',
  service: 'github',
  method: 'POST',
  path: PATH,
  handle: installationToken,
}

function installationToken(world: World, incoming: Incoming): Reply {
  requireUserAgent(incoming)
  const { apps, clock, githubTokens } = world
  const jwt = /^Bearer\s+(\S+)$/i.exec(incoming.headers['authorization'] ?? '')?.[1] ?? ''
  const checked = checkJwt(apps, jwt, clock.now())
  if (!('app' in checked))
    throw new Refusal('app-jwt', githubError(checked.status, checked.message))
  const { app } = checked
  const asked = PATH.exec(incoming.path)?.[1]
  if (asked !== app.installationId)
    throw new Refusal('app-installation', githubError(404, 'Not Found'))
  if (app.suspended) {
    const message = 'This installation has been suspended'
    throw new Refusal('app-installation', githubError(403, message))
  }
  const expiresAtMs = Math.floor(clock.now() / 1000 + LIFETIME_SECONDS) * 1000
  const { value } = githubTokens.issue(
    app.login,
    { kind: 'ghs', copilotRequests: app.copilotRequests },
    expiresAtMs,
  )
  world.counts.installationTokens += 1
  return jsonReply(
    201,
    {
      token: value,
      expires_at: new Date(expiresAtMs).toISOString().replace('.000Z', 'Z'),
      permissions: { ...(app.copilotRequests && { copilot_requests: 'write' }), metadata: 'read' },
      repository_selection: 'all',
    },
    { 'content-type': 'application/json; charset=utf-8' },
  )
}
