import { randomUUID } from 'node:crypto'
import * as z from 'zod'
import type { Clock } from '../../core/clock.ts'
import { BadRequestError, NotFoundError } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import type { AuditLog } from '../../policy/admin/audit.ts'
import type { PromptKeeper } from '../../policy/index.ts'
import type { CallFilter, Ledger, StoredCall, SummaryBy, SummaryRow } from '../../store/index.ts'
import { NANO_CREDITS_PER_CREDIT, USD_PER_CREDIT } from '../../core/usage.ts'
import { adminRoute, answerWith, type AdminRoute } from './admin-route.ts'
import { callAnswer, explainAnswer, keptAnswer } from './call-answer.ts'
import { csvHead, csvLine } from './csv.ts'
import type { OwnAnswer } from '../own/own-route.ts'
import { pageFields } from './paging.ts'
import { ownOnly, type Who } from './who.ts'

const DAY_MS = 86_400_000
const date = () =>
  z
    .string()
    .refine(
      (text) => !Number.isNaN(Date.parse(text)),
      'a day or a time in UTC: `2026-11-01`, `2026-11-01T12:00:00Z`',
    )
const filterFields = () => ({
  start_date: date().optional().describe('From this day or time on, UTC'),
  end_date: date().optional().describe('Until the end of this day, or before this time, UTC'),
  key_id: z.string().optional(),
  user_id: z.string().optional(),
  team_id: z.string().optional(),
})
const format = () => z.enum(['json', 'csv']).default('json')

const GROUPS = {
  day: 'day',
  key: 'key_id',
  user: 'user_id',
  team: 'team_id',
  model: 'model',
  provider: 'provider',
} as const satisfies Record<string, SummaryBy>
type Group = keyof typeof GROUPS

/** What calls have cost: one by one, summed up, and one explained. */
export function spendRoutes(ledger: Ledger, reading: PromptReading): readonly AdminRoute[] {
  const explain = (path: string): AdminRoute =>
    adminRoute({
      method: 'GET',
      path,
      summary: 'What became of a request: wire, initiator and why, rewrites, attempts, cost',
      may: 'owner',
      async handle({ params, who }) {
        const id = params['id'] ?? ''
        const call = await ledger.find(id)
        const { userId, keyId } = ownOnly(who)
        const own =
          (userId === undefined || call?.user_id === userId) &&
          (keyId === undefined || call?.key_id === keyId)
        if (call && own) return { ...explainAnswer(call), ...(await keptOf(call, who, reading)) }
        throw new NotFoundError(`there is no finished request ${id.slice(0, 100)} of yours here`, {
          code: 'request_not_found',
        })
      },
    })

  return [
    adminRoute({
      method: 'GET',
      path: '/spend/logs',
      summary: 'Finished calls, the newest first; as CSV all that match',
      may: 'owner',
      query: () =>
        z.strictObject({
          ...filterFields(),
          model: z.string().optional(),
          outcome: z.enum(['ok', 'failed', 'refused', 'aborted']).optional(),
          format: format(),
          ...pageFields(),
        }),
      async handle({ query, who }) {
        const filter: CallFilter = {
          keyId: query.key_id,
          userId: query.user_id,
          teamId: query.team_id,
          model: query.model,
          outcome: query.outcome,
          from: query.start_date === undefined ? undefined : Date.parse(query.start_date),
          to: query.end_date === undefined ? undefined : endOf(query.end_date),
          ...ownOnly(who),
        }
        if (query.format === 'csv') return csvAnswer('spend.csv', callLines(ledger, filter))
        const { rows, next } = await ledger.list(filter, query.limit, query.cursor)
        return { logs: rows.map(callAnswer), next: next ?? null }
      },
    }),
    adminRoute({
      method: 'GET',
      path: '/spend/summary',
      summary: 'Sums by day, key, user, team, model, provider, or several of them',
      may: 'owner',
      query: () =>
        z.strictObject({
          by: z
            .string()
            .default('day')
            .describe('One or more of day, key, user, team, model, provider, separated by commas'),
          ...filterFields(),
          format: format(),
        }),
      async handle({ query, who }) {
        const by = groupsOf(query.by)
        const rows = await ledger.summarize(
          by.map((group) => GROUPS[group]),
          {
            fromDay: query.start_date?.slice(0, 10),
            toDay: query.end_date?.slice(0, 10),
            keyId: query.key_id,
            userId: query.user_id,
            teamId: query.team_id,
            ...ownOnly(who),
          },
        )
        const answers = rows.map(summaryAnswer)
        if (query.format === 'csv') return csvAnswer('summary.csv', lines(answers))
        return { by: query.by, summary: answers }
      },
    }),
    explain('/v1/requests/:id'),
    explain('/requests/:id'),
  ]
}

/** Where what was asked and answered is found, if it was kept at all. */
export interface PromptReading {
  readonly prompts: Pick<PromptKeeper, 'find'> | undefined
  readonly audit: AuditLog
  readonly clock: Clock
}

/** The caller's own, or an administrator's business: then it is written down who has read it. */
async function keptOf(
  call: StoredCall,
  who: Who,
  { prompts, audit, clock }: PromptReading,
): Promise<JsonObject> {
  const kept = await prompts?.find(call.id)
  if (!kept) return {}
  const isOwn =
    who.userId === undefined
      ? who.keyId === (call.key_id ?? undefined)
      : who.userId === call.user_id
  if (!isOwn) {
    const entry = {
      actor: who.actor,
      action: 'prompt.read',
      subject: `call:${call.id}`,
      detail: {},
    }
    await audit.append({ id: randomUUID(), atMs: clock.now(), ...entry })
  }
  return { kept: keptAnswer(kept) }
}

function groupsOf(text: string): readonly Group[] {
  const words = text.split(',').map((word) => word.trim())
  const unknown = words.find((word) => !Object.hasOwn(GROUPS, word))
  if (unknown === undefined) return [...new Set(words)] as Group[]
  throw new BadRequestError(
    `by: ${unknown.slice(0, 50)} is none of ${Object.keys(GROUPS).join(', ')}`,
    { code: 'invalid_value', param: 'by' },
  )
}

/** Sums of money as text too: they outgrow what a number holds exactly. */
function summaryAnswer(row: SummaryRow): JsonObject {
  const credits = Number(row.nanoCredits) / NANO_CREDITS_PER_CREDIT
  return {
    ...row.group,
    calls: row.calls,
    failed: row.failed,
    total_tokens: row.inputTokens + row.outputTokens,
    prompt_tokens: row.inputTokens,
    cached_tokens: row.cachedTokens,
    cache_write_tokens: row.cacheWriteTokens,
    completion_tokens: row.outputTokens,
    reasoning_tokens: row.reasoningTokens,
    spend: credits * USD_PER_CREDIT,
    spend_credits: credits,
    spend_nano_credits: String(row.nanoCredits),
    saved_credits: Number(row.savedNanoCredits) / NANO_CREDITS_PER_CREDIT,
  }
}

/** A day means all of it. */
function endOf(text: string): number {
  return Date.parse(text) + (/^\d{4}-\d{2}-\d{2}$/.test(text) ? DAY_MS : 0)
}

const EXPORT_PAGE = 500

async function* callLines(ledger: Ledger, filter: CallFilter): AsyncGenerator<string> {
  let names: readonly string[] | undefined
  let cursor: string | undefined
  do {
    const { rows, next } = await ledger.list(filter, EXPORT_PAGE, cursor)
    const answers = rows.map(callAnswer)
    let text = ''
    for (const answer of answers) {
      if (!names) {
        names = Object.keys(answer)
        text += csvHead(names)
      }
      text += csvLine(answer, names)
    }
    yield text
    cursor = next
  } while (cursor !== undefined)
}

// An answer in pieces is an async one; these are at hand.
// oxlint-disable-next-line typescript/require-await
async function* lines(rows: readonly JsonObject[]): AsyncGenerator<string> {
  const names = Object.keys(rows[0] ?? {})
  yield csvHead(names)
  for (const row of rows) yield csvLine(row, names)
}

function csvAnswer(name: string, pieces: AsyncIterable<string>): OwnAnswer {
  return answerWith({
    body: null,
    pieces,
    headers: {
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': `attachment; filename="${name}"`,
    },
  })
}
