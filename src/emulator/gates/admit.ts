import { namedError } from '../faults/named-errors.ts'
import type { NamedError } from '../faults/named-errors.ts'
import { errorText } from '../errors/error-bodies.ts'
import { Refusal } from '../errors/refusal.ts'
import type { Incoming } from '../server/incoming.ts'
import type { World } from '../world.ts'
import type { Credential } from './credential.ts'
import { checkIntegration } from './integration.ts'
import type { Seat } from './seat.ts'

/**
 * The gates every call of the model API passes, in this order: form of the credential, API version, editor,
 * fit of credential and integration, validity of the credential, host of the plan.
 */
export function admit(world: World, incoming: Incoming): Seat {
  const credential = checkForm(incoming.credential)
  checkApiVersion(world, incoming)
  if (credential.type === 'copilot' && !incoming.headers['editor-version']) {
    throw refuse('editor-version', 'missing_editor_version')
  }
  checkIntegration(incoming.headers, credential)
  const seat = checkValidity(world, credential)
  checkHost(world, incoming, seat)
  return seat
}

export function refuse(gate: string, name: NamedError, message?: string): Refusal {
  return new Refusal(gate, namedError(name, { message }))
}

function checkForm(credential: Credential): Seat['credential'] {
  if (credential.type === 'none' || credential.scheme !== 'bearer') {
    throw refuse('authorization', 'badly_formatted')
  }
  return credential
}

/** The version of GitHub's own command, which the models list refuses by 400 and not by 466. */
const REST_VERSION = '2022-11-28'

function checkApiVersion(world: World, incoming: Incoming): void {
  const version = incoming.headers['x-github-api-version']
  const { oldestApiVersion, apiVersionRequired } = world.settings
  if (version === undefined) {
    if (apiVersionRequired) throw refuse('api-version', 'outdated')
    return
  }
  if (version === REST_VERSION && incoming.path.startsWith('/models')) {
    throw new Refusal('api-version', errorText(400, 'bad request: invalid API version'))
  }
  if (!/^\d{4}-\d{2}-\d{2}$/.test(version) || version < oldestApiVersion) {
    throw refuse('api-version', 'outdated')
  }
}

function checkValidity(world: World, credential: Seat['credential']): Seat {
  if (credential.type === 'copilot' && credential.state === 'expired') {
    throw refuse('expired', 'token_expired')
  }
  const login = credential.type === 'copilot' ? credential.login : credential.token?.login
  const account = login === undefined ? undefined : world.accounts.get(login)
  if (!account) throw refuse('authentication', 'authentication_failed')
  if (!account.entitled) throw refuse('entitlement', 'endpoint_forbidden')
  const token = credential.type === 'github' ? credential.token : undefined
  if (token?.kind === 'github_pat' && !token.copilotRequests) {
    throw refuse(
      'authentication',
      'authentication_failed',
      'unauthorized: Personal Access Token does not have Copilot Requests permission',
    )
  }
  return { account, credential }
}

/** Individual accounts are served on the host for everyone too; the other plans on their own alone. */
function checkHost(world: World, incoming: Incoming, seat: Seat): void {
  if (Object.keys(world.origins.plans).length === 0) return
  const host = incoming.planHost ?? 'individual'
  if (host !== seat.account.host) throw refuse('host', 'misdirected')
}
