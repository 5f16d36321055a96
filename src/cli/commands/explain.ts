import { setTimeout as delay } from 'node:timers/promises'
import { explainAnswer, keptAnswer } from '../../gateway/admin/call-answer.ts'
import type { Ledger, StoredCall } from '../../store/index.ts'
import type { CommandContext, CommandInput } from '../command.ts'
import { EXIT, ExitError } from '../exit-codes.ts'
import { findKept, keptText } from '../explain/kept-text.ts'
import { explainText } from '../explain/explain-text.ts'
import { findStorePlace, requireStore } from '../store/store-place.ts'
import { withStore } from '../store/with-store.ts'

/** A running gateway writes what has finished in batches: a call of this moment is there a moment later. */
const TRIES = 6
const TRY_GAP_MS = 250

export async function run(context: CommandContext, input: CommandInput): Promise<void> {
  const { terminal, signal } = context
  const [id = ''] = input.arguments
  const place = await findStorePlace(context, input)
  requireStore(place)
  const wanted = input.options.has('text')
  const { call, kept } = await withStore(context, place, async ({ ledger, prompts }) => {
    const found = await findSoon(ledger, id, signal)
    return {
      call: found,
      kept: found && wanted ? await findKept(prompts, found.id, place) : undefined,
    }
  })
  if (!call) {
    throw new ExitError(
      EXIT.failed,
      `there is no finished request ${id.slice(0, 100)} in ${place.shown}; its id stands in the answer's x-request-id`,
    )
  }
  await terminal.print(
    input.options.has('json')
      ? `${JSON.stringify({ ...explainAnswer(call), ...(kept && { kept: keptAnswer(kept) }) })}\n`
      : explainText(call, terminal.paint) + (wanted ? keptText(kept, terminal.paint) : ''),
  )
}

async function findSoon(
  ledger: Ledger,
  id: string,
  signal: AbortSignal,
): Promise<StoredCall | undefined> {
  for (let tried = 1; ; tried++) {
    const call = await ledger.find(id)
    if (call || tried === TRIES) return call
    await delay(TRY_GAP_MS, undefined, { signal })
  }
}
