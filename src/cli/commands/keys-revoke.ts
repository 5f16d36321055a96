import type { CommandContext, CommandInput } from '../command.ts'
import { readKeyNames } from '../keys/key-names.ts'
import { ACTOR, withKeys } from '../store/with-keys.ts'

export async function run(context: CommandContext, input: CommandInput): Promise<void> {
  const { terminal } = context
  const names = await readKeyNames(input.arguments, context)
  const result = await withKeys(context, input, (keys) => keys.deleteKeys(names, ACTOR))
  if (input.options.has('json')) {
    await terminal.print(`${JSON.stringify(result)}\n`)
    return
  }
  const ids = result['deleted_keys'] as readonly string[]
  for (const id of ids) await terminal.print(`${id}\n`)
  terminal.say(
    `${ids.length === 1 ? 'The key is' : 'The keys are'} revoked; a running gateway stops taking it within a second.`,
  )
}
