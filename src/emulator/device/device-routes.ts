import { formOrJson } from '../server/incoming.ts'
import type { Incoming } from '../server/incoming.ts'
import type { Reply } from '../server/reply.ts'
import type { Route } from '../server/routes.ts'
import { OAUTH_APPS } from '../tokens/oauth-apps.ts'
import type { World } from '../world.ts'
import type { DeviceCode } from './device-codes.ts'

export const DEVICE_ROUTES: readonly Route[] = [
  {
    name: 'device-code',
    service: 'login',
    method: 'POST',
    path: /^\/login\/device\/code$/,
    handle: startDevice,
  },
  {
    name: 'access-token',
    service: 'login',
    method: 'POST',
    path: /^\/login\/oauth\/access_token$/,
    handle: pollDevice,
  },
]

function startDevice(world: World, incoming: Incoming): Reply {
  const fields = formOrJson(incoming)
  const app = OAUTH_APPS.find((candidate) => candidate.clientId === fields['client_id'])
  if (!app) return answer(incoming, { error: 'Not Found' }, 404)
  world.counts.deviceCodes += 1
  const code = world.devices.start(
    app,
    fields['scope'] ?? '',
    world.settings.deviceInterval,
    world.settings.deviceCodeLifetimeSeconds,
  )
  return answer(incoming, {
    device_code: code.deviceCode,
    user_code: code.userCode,
    verification_uri: `${world.origins.main}/login/device`,
    expires_in: world.settings.deviceCodeLifetimeSeconds,
    interval: code.interval,
  })
}

const GRANT = 'urn:ietf:params:oauth:grant-type:device_code'

function pollDevice(world: World, incoming: Incoming): Reply {
  const fields = formOrJson(incoming)
  const app = OAUTH_APPS.find((candidate) => candidate.clientId === fields['client_id'])
  if (!app) {
    return failure(incoming, 'incorrect_client_credentials', 'The client_id passed is incorrect.')
  }
  if (fields['grant_type'] !== GRANT) {
    return failure(incoming, 'unsupported_grant_type', `The grant_type must be ${GRANT}.`)
  }
  const code = world.devices.byDeviceCode(fields['device_code'] ?? '')
  if (!code || code.app !== app || code.state === 'used') {
    return failure(incoming, 'incorrect_device_code', 'The device_code provided is not valid.')
  }
  if (incoming.fault?.kind === 'slow-down') {
    return slowDown(incoming, code, incoming.fault.interval)
  }
  if (code.state === 'expired' || code.expiresAtMs <= world.clock.now()) {
    return failure(incoming, 'expired_token', 'This device_code has expired.')
  }
  const tooSoon = isTooSoon(world, code)
  code.polls += 1
  code.lastPollMs = world.clock.now()
  if (tooSoon) return slowDown(incoming, code)
  if (code.state === 'denied') {
    return failure(incoming, 'access_denied', 'The authorization request was denied.')
  }
  const wanted = world.settings.autoApproveAfterPolls
  if (code.state === 'pending' && wanted > 0 && code.polls >= wanted) code.state = 'approved'
  if (code.state === 'pending') {
    return failure(incoming, 'authorization_pending', 'The authorization request is still pending.')
  }
  return grant(world, incoming, code)
}

function grant(world: World, incoming: Incoming, code: DeviceCode): Reply {
  code.state = 'used'
  const account = world.accounts.require(code.login)
  const token = world.githubTokens.issue(account.login, {
    kind: code.app.prefix,
    app: code.app.name,
    scope: code.app.prefix === 'gho' ? code.scope.replaceAll(' ', ',') : '',
  })
  world.counts.deviceTokens += 1
  incoming.record.login = account.login
  return answer(incoming, {
    access_token: token.value,
    token_type: 'bearer',
    scope: token.scope,
  })
}

/** A little early is forgiven: clients count from when the answer came, GitHub from when it was sent. */
const GRACE_MS = 500

function isTooSoon(world: World, code: DeviceCode): boolean {
  if (code.lastPollMs === undefined) return false
  return world.clock.now() - code.lastPollMs < code.interval * 1000 - GRACE_MS
}

function slowDown(incoming: Incoming, code: DeviceCode, interval?: number): Reply {
  code.interval = interval ?? code.interval + 5
  return failure(incoming, 'slow_down', 'Too many requests have been made in the same timeframe.', {
    interval: code.interval,
  })
}

/** GitHub answers failures of this flow with 200. */
function failure(
  incoming: Incoming,
  error: string,
  description: string,
  more: Readonly<Record<string, unknown>> = {},
): Reply {
  incoming.record.gate = error
  return answer(incoming, {
    error,
    error_description: description,
    error_uri:
      'https://docs.github.com/developers/apps/authorizing-oauth-apps#error-codes-for-the-device-flow',
    ...more,
  })
}

/** JSON when `Accept` asks for it, a form otherwise. */
function answer(
  incoming: Incoming,
  fields: Readonly<Record<string, unknown>>,
  status = 200,
): Reply {
  if (/\bjson\b/.test(incoming.headers['accept'] ?? '')) {
    return {
      kind: 'whole',
      status,
      headers: { 'content-type': 'application/json; charset=utf-8' },
      body: JSON.stringify(fields),
    }
  }
  const form = Object.entries(fields).map(([name, value]): [string, string] => [
    name,
    String(value),
  ])
  return {
    kind: 'whole',
    status,
    headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
    body: new URLSearchParams(form).toString(),
  }
}
