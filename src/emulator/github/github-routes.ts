import { PLANS } from '../accounts/plans.ts'
import { asObject, asString } from '../../core/json.ts'
import { seedOf } from '../answers/prose.ts'
import type { Incoming } from '../server/incoming.ts'
import { jsonReply } from '../server/reply.ts'
import type { Reply } from '../server/reply.ts'
import type { Route } from '../server/routes.ts'
import type { World } from '../world.ts'
import { copilotUser } from './copilot-user.ts'
import { endpointsFor } from './endpoints.ts'
import { exchange } from './exchange.ts'
import { signedIn } from './sign-in.ts'

/** GitHub's REST and GraphQL API, as far as Copilot's clients ask it; GHES puts `/api/v3` in front. */
export const GITHUB_ROUTES: readonly Route[] = [
  route('exchange', 'GET', /^(?:\/api\/v3)?\/copilot_internal\/v2\/token$/, exchange),
  route('copilot-user', 'GET', /^(?:\/api\/v3)?\/copilot_internal\/user$/, copilotUser),
  route('user', 'GET', /^(?:\/api\/v3)?\/user$/, user),
  route('user-billing', 'GET', /^(?:\/api\/v3)?\/user\/copilot_billing$/, billing),
  route('graphql', 'POST', /^(?:\/api)?\/graphql$/, graphql),
]

function route(name: string, method: string, path: RegExp, handle: Route['handle']): Route {
  return { name, service: 'github', method, path, handle }
}

const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' }

function user(world: World, incoming: Incoming): Reply {
  const { account, token } = signedIn(world, incoming)
  return jsonReply(
    200,
    {
      login: account.login,
      id: (seedOf(account.login) % 90_000_000) + 1000,
      node_id: `U_${seedOf(account.login)}`,
      avatar_url: 'https://avatars.githubusercontent.com/u/583231?v=4',
      html_url: `https://github.com/${account.login}`,
      type: 'User',
      site_admin: false,
      name: account.login,
      email: null,
    },
    { ...JSON_TYPE, 'x-oauth-scopes': token.scope },
  )
}

function billing(world: World, incoming: Incoming): Reply {
  const { account } = signedIn(world, incoming)
  const planType = PLANS[account.plan].copilotPlan
  return jsonReply(200, { seat: { plan: { plan_type: planType } } }, JSON_TYPE)
}

function graphql(world: World, incoming: Incoming): Reply {
  const { account } = signedIn(world, incoming)
  const query = asString(asObject(incoming.json)?.['query']) ?? ''
  if (!/\bviewer\b/.test(query)) {
    return jsonReply(
      200,
      { errors: [{ message: 'Only viewer { … } is answered here.' }] },
      JSON_TYPE,
    )
  }
  return jsonReply(
    200,
    {
      data: {
        viewer: {
          ...(/\blogin\b/.test(query) && { login: account.login }),
          ...(/\bcopilotEndpoints\b/.test(query) && {
            copilotEndpoints: { api: endpointsFor(world, account, account.endpoints.user)['api'] },
          }),
        },
      },
    },
    JSON_TYPE,
  )
}
