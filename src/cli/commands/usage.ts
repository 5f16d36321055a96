import { systemClock } from '../../core/clock.ts'
import { JetwayError } from '../../core/errors.ts'
import type { Quota } from '../../sdk/types/quota.ts'
import type { CommandContext, CommandInput } from '../command.ts'
import { UsageError } from '../exit-codes.ts'
import { readWholeNumber } from '../read-port.ts'
import { findStorePlace } from '../store/store-place.ts'
import { withStore } from '../store/with-store.ts'
import { explainDifference, periodStart, usedAtGitHub } from '../usage/difference.ts'
import type { Difference } from '../usage/difference.ts'
import { creditsSince, readLedgerUsage } from '../usage/ledger-usage.ts'
import type { LedgerUsage } from '../usage/ledger-usage.ts'
import { ledgerText } from '../usage/ledger-text.ts'
import { aboutAccount, quotaText } from '../usage/quota-text.ts'
import { withClient } from '../with-client.ts'

const DEFAULT_DAYS = 14
const MOST_DAYS = 400

export async function run(context: CommandContext, input: CommandInput): Promise<void> {
  const days = readWholeNumber(input, 'days') ?? DEFAULT_DAYS
  if (days < 1 || days > MOST_DAYS) {
    throw new UsageError(`'--days' must be between 1 and ${MOST_DAYS}`)
  }
  const asked = await askGitHub(context)
  const quota = asked instanceof JetwayError ? undefined : asked
  const counted = await askLedger(context, input, quota, days)
  // With nothing to show, the reason is the answer.
  if (asked instanceof JetwayError && counted === undefined) throw asked
  await (input.options.has('json')
    ? printJson(context, asked, counted)
    : printText(context, asked, counted))
}

interface Counted {
  readonly ledger: LedgerUsage
  readonly difference: Difference | undefined
}

async function askGitHub(context: CommandContext): Promise<Quota | JetwayError> {
  try {
    return await withClient(context, (client) => client.getQuota({ signal: context.signal }))
  } catch (error) {
    if (error instanceof JetwayError && !context.signal.aborted) return error
    throw error
  }
}

async function askLedger(
  context: CommandContext,
  input: CommandInput,
  quota: Quota | undefined,
  days: number,
): Promise<Counted | undefined> {
  const place = await findStorePlace(context, input)
  if (place.absent) return undefined
  return withStore(context, place, async (store) => {
    const ledger = await readLedgerUsage(store, days, systemClock.now())
    const since = quota && periodStart(quota)
    const used = quota && usedAtGitHub(quota)
    const difference =
      since === undefined || used === undefined
        ? undefined
        : explainDifference(since, used, await creditsSince(store, since))
    return { ledger, difference }
  })
}

async function printJson(
  { terminal }: CommandContext,
  asked: Quota | JetwayError,
  counted: Counted | undefined,
): Promise<void> {
  const quota =
    asked instanceof JetwayError
      ? { quota_error: { name: asked.name, message: asked.message, code: asked.code } }
      : asked
  await terminal.print(`${JSON.stringify({ ...quota, ...counted })}\n`)
}

async function printText(
  { terminal }: CommandContext,
  asked: Quota | JetwayError,
  counted: Counted | undefined,
): Promise<void> {
  if (asked instanceof JetwayError) {
    terminal.warn(
      `${terminal.paint.yellow('warning:')} GitHub's quota is not known: ${asked.message}`,
    )
  } else await terminal.print(quotaText(asked))
  if (counted) {
    const { ledger, difference } = counted
    await terminal.print(ledgerText(ledger, difference, terminal))
  }
  if (!(asked instanceof JetwayError)) terminal.say(aboutAccount(asked))
}
