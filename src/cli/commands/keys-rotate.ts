import { isPeriod } from '../../policy/budgets/period.ts'
import type { CommandContext, CommandInput } from '../command.ts'
import { UsageError } from '../exit-codes.ts'
import { readKeyNames } from '../keys/key-names.ts'
import { textIn } from '../keys/text-in.ts'
import { ACTOR, withKeys } from '../store/with-keys.ts'

export async function run(context: CommandContext, input: CommandInput): Promise<void> {
  const { terminal } = context
  const grace = input.options.get('grace')
  if (typeof grace === 'string' && !isPeriod(grace)) {
    throw new UsageError("'--grace' must be a duration such as 30m, 12h or 7d")
  }
  const [name = '', ...more] = await readKeyNames(input.arguments, context)
  if (more.length > 0) throw new UsageError('one key at a time')
  const rotated = await withKeys(context, input, (keys) =>
    keys.rotateKey(name, typeof grace === 'string' ? grace : undefined, ACTOR),
  )
  if (input.options.has('json')) {
    await terminal.print(`${JSON.stringify(rotated)}\n`)
    return
  }
  await terminal.print(`${textIn(rotated, 'key')}\n`)
  const until = typeof grace === 'string' ? `stays good for ${grace}` : 'is good no more'
  terminal.say(`The new key is shown this once. The old one ${until}.`)
}
