import { isUnlimited, remainingOf } from '../accounts/account.ts'
import type { Account } from '../accounts/account.ts'
import { githubError } from '../errors/error-bodies.ts'
import { Refusal } from '../errors/refusal.ts'
import { hexStream } from '../seal.ts'
import type { Incoming } from '../server/incoming.ts'
import { jsonReply } from '../server/reply.ts'
import type { Reply } from '../server/reply.ts'
import { resetSeconds } from '../tokens/copilot-tokens.ts'
import type { World } from '../world.ts'
import { endpointsFor } from './endpoints.ts'
import { signedIn } from './sign-in.ts'

/** `GET /copilot_internal/v2/token`: a GitHub token in, a short-lived Copilot token out. */
export function exchange(world: World, incoming: Incoming): Reply {
  const { token, account } = signedIn(world, incoming)
  if (token.kind === 'github_pat' || token.kind === 'ghp') {
    const message = 'Resource not accessible by personal access token'
    throw new Refusal('exchange', githubError(403, message))
  }
  if (token.kind === 'gho' && !token.app.exchanges) {
    throw new Refusal('exchange', githubError(404, 'Not Found'))
  }
  if (token.kind === 'ghs' && !token.copilotRequests) {
    throw new Refusal('exchange', githubError(403, 'Resource not accessible by integration'))
  }
  if (!account.entitled) throw new Refusal('entitlement', noAccess(account))
  world.counts.exchanges += 1
  return jsonReply(200, exchangeBody(world, account), {
    'content-type': 'application/json; charset=utf-8',
  })
}

/** What the exchange answers, also to `control.tokens.exchange`. */
export function exchangeBody(world: World, account: Account): ExchangeBody {
  const token = world.copilotTokens.issue(account, world.settings.tokenLifetimeSeconds)
  const chat = account.quotas.chat
  const completions = account.quotas.completions
  const limited = !isUnlimited(chat)
  const business = account.organizations.length > 0
  return {
    agent_mode_auto_approval: true,
    annotations_enabled: true,
    azure_only: false,
    blackbird_clientside_indexing: false,
    blackbird_external_indexing: false,
    chat_enabled: true,
    chat_jetbrains_enabled: true,
    code_quote_enabled: true,
    code_review_enabled: !limited,
    codesearch: true,
    copilotignore_enabled: false,
    endpoints: endpointsFor(world, account, account.endpoints.token),
    enterprise_list: null,
    expires_at: token.expiresAt,
    individual: !business,
    limited_user_quotas: limited
      ? {
          chat: Math.floor(remainingOf(chat)),
          completions: isUnlimited(completions) ? 0 : Math.floor(remainingOf(completions)),
        }
      : null,
    limited_user_reset_date: limited ? resetSeconds(account) : null,
    nes_enabled: true,
    organization_list: account.organizations.map((one) => hexStream(one.login, 32)),
    prompt_8k: true,
    public_suggestions: 'unconfigured',
    refresh_in: world.settings.tokenRefreshInSeconds,
    sku: account.sku,
    snippy_load_test_enabled: false,
    telemetry: 'disabled',
    token: token.value,
    tracking_id: hexStream(account.login, 32),
    vsc_electron_fetcher_v2: true,
    xcode: true,
    xcode_chat: true,
    ...(account.notification !== undefined && {
      user_notification: {
        message: 'There is news about your subscription.',
        notification_id: account.notification,
        title: 'GitHub Copilot',
        url: 'https://github.com/settings/copilot',
      },
    }),
  }
}

export interface ExchangeBody {
  readonly token: string
  readonly expires_at: number
  readonly refresh_in: number
  readonly sku: string
  readonly endpoints: Readonly<Record<string, string>>
  readonly [more: string]: unknown
}

/** Where GitHub sends people, by why it refuses them. */
const TITLES: Readonly<Record<string, string>> = {
  no_copilot_access: 'Signup for GitHub Copilot',
  not_signed_up: 'Signup for GitHub Copilot',
  subscription_ended: 'Your subscription has ended',
  feature_flag_blocked: 'Contact Support',
}

function noAccess(account: Account): ReturnType<typeof jsonReply> {
  const signup = account.refusal === 'no_copilot_access' || account.refusal === 'not_signed_up'
  return jsonReply(
    403,
    {
      can_signup_for_limited: false,
      error_details: {
        url: 'https://github.com/github-copilot/signup?editor={EDITOR}',
        message: signup
          ? `No access to GitHub Copilot found. You are currently logged in as ${account.login}.`
          : `Your Copilot access is not active (${account.refusal}). You are currently logged in as ${account.login}.`,
        title: TITLES[account.refusal] ?? 'GitHub Copilot',
        notification_id: account.refusal,
      },
      message: 'Resource not accessible by integration',
    },
    { 'content-type': 'application/json; charset=utf-8' },
  )
}
