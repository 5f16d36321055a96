import { isUnlimited, percentRemaining, remainingOf } from '../accounts/account.ts'
import type { Account, Quota } from '../accounts/account.ts'
import { PLANS } from '../accounts/plans.ts'
import { overageOf } from '../accounting/quota-headers.ts'
import { githubError } from '../errors/error-bodies.ts'
import { Refusal } from '../errors/refusal.ts'
import { hexStream } from '../seal.ts'
import type { Incoming } from '../server/incoming.ts'
import { jsonReply } from '../server/reply.ts'
import type { Reply } from '../server/reply.ts'
import type { World } from '../world.ts'
import { endpointsFor } from './endpoints.ts'
import { signedIn } from './sign-in.ts'

/** `GET /copilot_internal/user`: the seat, its quotas and its API host. */
export function copilotUser(world: World, incoming: Incoming): Reply {
  const { account, token } = signedIn(world, incoming)
  if (token.kind === 'ghp') throw new Refusal('github-token', githubError(404, 'Not Found'))
  if (!account.entitled) throw new Refusal('entitlement', githubError(404, 'Not Found'))
  const now = new Date(world.clock.now()).toISOString()
  const { chat, completions, premium_interactions: premium } = account.quotas
  return jsonReply(
    200,
    {
      login: account.login,
      access_type_sku: account.sku,
      analytics_tracking_id: hexStream(account.login, 32),
      assigned_date: '2025-03-01T10:00:00+00:00',
      can_signup_for_limited: false,
      can_upgrade_plan: false,
      chat_enabled: true,
      copilot_plan: PLANS[account.plan].copilotPlan,
      copilotignore_enabled: false,
      cli_remote_control_enabled: true,
      cloud_session_storage_enabled: true,
      codex_agent_enabled: true,
      is_mcp_enabled: true,
      is_staff: false,
      restricted_telemetry: false,
      te: false,
      token_based_billing: account.tokenBasedBilling,
      endpoints: endpointsFor(world, account, account.endpoints.user),
      organization_login_list: account.organizations.map((one) => one.login),
      organization_list: account.organizations,
      quota_reset_date: account.quotaResetDate,
      quota_reset_date_utc: `${account.quotaResetDate}T00:00:00.000Z`,
      quota_snapshots: {
        chat: snapshot('chat', chat, account, now),
        completions: snapshot('completions', completions, account, now),
        premium_interactions: snapshot('premium_interactions', premium, account, now),
      },
      ...(!isUnlimited(chat) && limitedFields(account)),
    },
    { 'content-type': 'application/json; charset=utf-8' },
  )
}

function limitedFields(account: Account): Record<string, unknown> {
  const { chat, completions } = account.quotas
  const left = (quota: Quota): number => (isUnlimited(quota) ? 0 : Math.floor(remainingOf(quota)))
  return {
    monthly_quotas: { chat: chat.entitlement, completions: completions.entitlement },
    limited_user_quotas: { chat: left(chat), completions: left(completions) },
    limited_user_reset_date: account.quotaResetDate,
  }
}

function snapshot(id: string, quota: Quota, account: Account, now: string): unknown {
  const unlimited = isUnlimited(quota)
  const remaining = unlimited ? 0 : remainingOf(quota)
  return {
    entitlement: unlimited ? 0 : quota.entitlement,
    overage_count: overageOf(quota),
    overage_permitted: quota.overagePermitted,
    percent_remaining: Number(percentRemaining(quota).toFixed(2)),
    quota_id: id,
    quota_remaining: Number(remaining.toFixed(2)),
    remaining: Math.floor(remaining),
    unlimited,
    timestamp_utc: now,
    has_quota: unlimited || remaining > 0,
    quota_reset_at: 0,
    token_based_billing: account.tokenBasedBilling,
  }
}
