import { createSeal, openPrompt, SealError, type KeptPrompt } from '../../policy/index.ts'
import { dataFolder, findSealKeys } from '../../store/index.ts'
import type { Store } from '../../store/index.ts'
import type { Paint } from '../command.ts'
import { EXIT, ExitError } from '../exit-codes.ts'
import type { StorePlace } from '../store/store-place.ts'

/** What the gateway has kept of a call's prompt and answer; read with the key that sealed it. */
export async function findKept(
  prompts: Store['prompts'],
  callId: string,
  { environment, location }: StorePlace,
): Promise<KeptPrompt | undefined> {
  const keys = await findSealKeys({
    environment,
    dataFolder: dataFolder(environment),
    shared: /^postgres(ql)?:/.test(location),
  })
  if (keys === undefined) {
    throw new ExitError(
      EXIT.configuration,
      'prompts are kept encrypted: set JETWAY_SEAL_KEY as the gateway has it',
    )
  }
  try {
    return await openPrompt(prompts, createSeal(keys), callId, Date.now())
  } catch (cause) {
    if (!(cause instanceof SealError)) throw cause
    throw new ExitError(
      EXIT.configuration,
      'what was kept of this call was sealed with another key than JETWAY_SEAL_KEY has',
      { cause },
    )
  }
}

/** Both texts, for a person. */
export function keptText(kept: KeptPrompt | undefined, paint: Paint): string {
  if (!kept)
    return 'What was asked and answered is not kept, or no more: JETWAY_KEEP_PROMPTS says for how long.\n'
  return `${paint.bold('Asked:')}\n${kept.request}\n${paint.bold('Answered:')}\n${kept.answer}\n`
}
