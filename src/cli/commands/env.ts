import type { ClientSpec, ClientTarget } from '../clients/client.ts'
import { findClient } from '../clients/clients.ts'
import { findTarget } from '../clients/find-target.ts'
import { writePrivateFiles } from '../clients/private-folder.ts'
import type { CommandContext, CommandInput } from '../command.ts'
import { shellLines, usualShell } from '../env/shell-lines.ts'
import type { Shell } from '../env/shell-lines.ts'
import { UsageError } from '../exit-codes.ts'

/** Lines for `eval`, and nothing else, on stdout. */
export async function run(context: CommandContext, input: CommandInput): Promise<void> {
  const { environment, terminal } = context
  const word = input.options.get('for') ?? input.arguments[0]
  if (typeof word !== 'string') {
    throw new UsageError('for which client? As in `jetway env --for claude`')
  }
  const client = findClient(word)
  const target = await findTarget(client, context, input)
  const files = client.files?.(target)
  if (files) await writePrivateFiles(target.folder, files)
  const shell = input.options.get('shell')
  const lines = shellLines(
    typeof shell === 'string' ? (shell as Shell) : usualShell(environment),
    client.environment(target),
    client.without.filter((name) => environment[name] !== undefined),
  )
  await terminal.print(lines)
  sayWords(client, target, context)
}

/** What no variable can say. */
function sayWords(client: ClientSpec, target: ClientTarget, { terminal }: CommandContext): void {
  const words = client.words?.(target) ?? []
  if (words.length === 0) return
  const quoted = words.map((word) => (/^[\w./=:-]+$/.test(word) ? word : `'${word}'`))
  terminal.say(`${client.title} also needs its command line, or \`jetway launch ${client.name}\`:`)
  terminal.say(`  ${client.command} ${quoted.join(' ')}`)
}
