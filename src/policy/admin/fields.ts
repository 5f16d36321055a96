import * as z from 'zod'
import { BadRequestError } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import { NANO_CREDITS_PER_CREDIT, USD_PER_CREDIT } from '../../core/usage.ts'
import { isPeriod, parseDuration, periodAt } from '../budgets/period.ts'
import type { Budget, DeletedOwner, Limits, Team, User, VirtualKey } from '../keys/key.ts'

/**
 * Requests and answers of the administrative endpoints, under LiteLLM's names. Money is given in US dollars
 * (`max_budget`) or in credits (`max_budget_credits`); answers say both. The schemas also make `/openapi.json`. Each is made
 * when it is asked for, since a start needs none.
 */

const money = () => z.number().nonnegative().finite()
const count = () => z.number().int().nonnegative()
const name = () => z.string().trim().min(1).max(200)
const duration = () =>
  z
    .string()
    .refine(
      (text) => isPeriod(text),
      'a duration is a number and one of s, m, h, d, w, mo: `30s`, `12h`, `7d`, `1mo`',
    )

const limitFields = () => ({
  rpm_limit: count().nullable().optional().describe('Requests a minute'),
  tpm_limit: count().nullable().optional().describe('Tokens a minute'),
  max_parallel_requests: count().nullable().optional().describe('Calls at once'),
  max_budget: money().nullable().optional().describe('Budget in US dollars'),
  max_budget_credits: money()
    .nullable()
    .optional()
    .describe('Budget in AI credits; 1 credit = $0.01'),
  soft_budget: money()
    .nullable()
    .optional()
    .describe('Mark in US dollars that is reported, not enforced'),
  soft_budget_credits: money().nullable().optional().describe('The same in AI credits'),
  budget_duration: duration()
    .nullable()
    .optional()
    .describe('When the budget returns: `1d`, `7d`, `1mo`; none = never'),
})

const keyFields = () => ({
  key_alias: name().nullable().optional().describe('A name for people'),
  models: z
    .array(name())
    .max(500)
    .optional()
    .describe('Model names or patterns with `*`; empty = all'),
  allowed_routes: z
    .array(name())
    .max(100)
    .optional()
    .describe('Paths the key may use; empty = all'),
  user_id: name().nullable().optional(),
  team_id: name().nullable().optional(),
  metadata: z.record(z.string(), z.json()).optional(),
  blocked: z.boolean().optional(),
  ...limitFields(),
})

export const generateKeySchema = () =>
  z.strictObject({
    ...keyFields(),
    duration: duration()
      .nullable()
      .optional()
      .describe('How long the key is good; none = until it is deleted'),
  })

export const updateKeySchema = () =>
  z.strictObject({
    key: name().describe('The key’s id, alias or the key itself'),
    ...keyFields(),
    duration: duration().nullable().optional(),
    version: count().optional().describe('Refuse when the key was changed since'),
  })

export const nameKeysSchema = () =>
  z
    .strictObject({
      keys: z.array(name()).min(1).max(500).optional().describe('Ids, aliases or keys'),
      key_aliases: z.array(name()).min(1).max(500).optional().describe('The same; LiteLLM’s name'),
    })
    .refine(({ keys, key_aliases }) => keys ?? key_aliases, {
      path: ['keys'],
      error: 'name them here or in key_aliases',
    })

export const rotateKeySchema = () =>
  z.strictObject({
    key: name(),
    grace_period: duration()
      .optional()
      .describe('How long the old key stays good. Default: at once no more'),
    version: count().optional().describe('Refuse when the key was changed since'),
  })

const memberFields = () => ({
  models: z.array(name()).max(500).optional(),
  metadata: z.record(z.string(), z.json()).optional(),
  blocked: z.boolean().optional(),
  ...limitFields(),
})

export const newUserSchema = () =>
  z.strictObject({
    user_id: name().optional().describe('Made when left out'),
    user_alias: name().nullable().optional(),
    user_email: z.email().nullable().optional(),
    user_role: z.enum(['administrator', 'member']).optional(),
    ...memberFields(),
  })
export const updateUserSchema = () =>
  newUserSchema().extend({ user_id: name(), version: count().optional() })

export const newTeamSchema = () =>
  z.strictObject({
    team_id: name().optional().describe('Made when left out'),
    team_alias: name().nullable().optional(),
    ...memberFields(),
  })
export const updateTeamSchema = () =>
  newTeamSchema().extend({ team_id: name(), version: count().optional() })

export type KeyFields = z.infer<ReturnType<typeof generateKeySchema>>
export type LimitFields = Pick<KeyFields, keyof ReturnType<typeof limitFields>>
export type MemberFields = Pick<
  z.infer<ReturnType<typeof newUserSchema>>,
  keyof ReturnType<typeof memberFields>
>

/** The limits after a request that names some of them: left out stays, `null` clears. */
export function limitsFromFields(fields: LimitFields, before: Limits = {}): Limits {
  const pick = (given: number | null | undefined, old: number | undefined): number | undefined =>
    given === undefined ? old : (given ?? undefined)
  return {
    requestsPerMinute: pick(fields.rpm_limit, before.requestsPerMinute),
    tokensPerMinute: pick(fields.tpm_limit, before.tokensPerMinute),
    parallel: pick(fields.max_parallel_requests, before.parallel),
    budget: budgetFromFields(fields, before.budget),
  }
}

function budgetFromFields(fields: LimitFields, before: Budget | undefined): Budget | undefined {
  const max = nanoFrom(fields, 'max_budget')
  const soft = nanoFrom(fields, 'soft_budget')
  const maxNanoCredits = max === undefined ? before?.maxNanoCredits : max
  if (maxNanoCredits === undefined || maxNanoCredits === null) return undefined
  return {
    maxNanoCredits,
    softNanoCredits: soft === undefined ? before?.softNanoCredits : (soft ?? undefined),
    period:
      fields.budget_duration === undefined ? before?.period : (fields.budget_duration ?? undefined),
  }
}

/** In dollars or in credits. Both may be given, as answers give them, where they say the same: credits are the exact ones. */
function nanoFrom(
  fields: LimitFields,
  name: 'max_budget' | 'soft_budget',
): number | null | undefined {
  const usd = fields[name]
  const credits = fields[`${name}_credits`]
  const fromUsd = usd && Math.round((usd / USD_PER_CREDIT) * NANO_CREDITS_PER_CREDIT)
  const fromCredits = credits && Math.round(credits * NANO_CREDITS_PER_CREDIT)
  if (fromCredits === undefined) return fromUsd
  if (fromUsd !== undefined && !isSame(fromUsd, fromCredits)) {
    throw new BadRequestError(
      `${name} (US dollars) and ${name}_credits say two different things: give one of them; 1 credit = $${USD_PER_CREDIT}`,
      { param: name },
    )
  }
  return fromCredits
}

/** But for what dividing by a hundredth loses. */
function isSame(one: number | null, other: number | null): boolean {
  if (one === null || other === null) return one === other
  return Math.abs(one - other) <= 1 + other * 1e-12
}

/** When a key made or changed now expires. A month has no fixed length: it ends on the same day of a later one. */
export function expiryOf(text: string, nowMs: number): number {
  const length = parseDuration(text)
  if (length !== undefined) return nowMs + length
  const date = new Date(nowMs)
  const day = date.getUTCDate()
  date.setUTCDate(1)
  date.setUTCMonth(date.getUTCMonth() + Number.parseInt(text, 10))
  const lastDay = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate()
  date.setUTCDate(Math.min(day, lastDay))
  return date.getTime()
}

export interface Spend {
  readonly spentNanoCredits: number
}

export function moneyOf(nanoCredits: number): { readonly usd: number; readonly credits: number } {
  const credits = nanoCredits / NANO_CREDITS_PER_CREDIT
  return { usd: credits * USD_PER_CREDIT, credits }
}

function limitAnswer(
  { requestsPerMinute, tokensPerMinute, parallel, budget }: Limits,
  spend: Spend,
  nowMs: number,
): JsonObject {
  const max = budget && moneyOf(budget.maxNanoCredits)
  const soft = budget?.softNanoCredits === undefined ? undefined : moneyOf(budget.softNanoCredits)
  const spent = moneyOf(spend.spentNanoCredits)
  const endMs = budget?.period === undefined ? undefined : periodAt(budget.period, nowMs).endMs
  return {
    rpm_limit: requestsPerMinute ?? null,
    tpm_limit: tokensPerMinute ?? null,
    max_parallel_requests: parallel ?? null,
    max_budget: max?.usd ?? null,
    max_budget_credits: max?.credits ?? null,
    soft_budget: soft?.usd ?? null,
    soft_budget_credits: soft?.credits ?? null,
    budget_duration: budget?.period ?? null,
    budget_reset_at: endMs === undefined ? null : new Date(endMs).toISOString(),
    spend: spent.usd,
    spend_credits: spent.credits,
  }
}

export function keyAnswer(
  key: VirtualKey,
  spend: Spend,
  nowMs: number,
  deletedOwner: DeletedOwner | undefined,
): JsonObject {
  return {
    key_id: key.id,
    key_name: key.display,
    key_alias: key.alias ?? null,
    user_id: key.userId ?? null,
    team_id: key.teamId ?? null,
    models: [...key.models],
    allowed_routes: [...key.routes],
    blocked: key.blocked,
    deleted_owner: deletedOwner?.kind ?? null,
    expires: key.expiresAtMs === undefined ? null : new Date(key.expiresAtMs).toISOString(),
    metadata: key.metadata,
    created_at: new Date(key.createdAtMs).toISOString(),
    updated_at: new Date(key.updatedAtMs).toISOString(),
    version: key.version,
    ...limitAnswer(key.limits, spend, nowMs),
  }
}

function memberAnswer(member: User | Team, spend: Spend, nowMs: number): JsonObject {
  return {
    models: [...member.models],
    blocked: member.blocked,
    metadata: member.metadata,
    created_at: new Date(member.createdAtMs).toISOString(),
    updated_at: new Date(member.updatedAtMs).toISOString(),
    version: member.version,
    ...limitAnswer(member.limits, spend, nowMs),
  }
}

export function userAnswer(user: User, spend: Spend, nowMs: number): JsonObject {
  return {
    user_id: user.id,
    user_alias: user.name ?? null,
    user_email: user.email ?? null,
    user_role: user.role,
    ...memberAnswer(user, spend, nowMs),
  }
}

export function teamAnswer(team: Team, spend: Spend, nowMs: number): JsonObject {
  return { team_id: team.id, team_alias: team.alias ?? null, ...memberAnswer(team, spend, nowMs) }
}
