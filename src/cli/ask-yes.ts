import { createInterface } from 'node:readline/promises'
import type { CommandContext, CommandInput } from './command.ts'
import { UsageError } from './exit-codes.ts'

/** Asks before something is changed. `--yes` answers; where nobody can be asked, nothing is changed. */
export async function askYes(
  question: string,
  { terminal, stdin, signal }: CommandContext,
  { options }: CommandInput,
): Promise<boolean> {
  if (options.has('yes')) return true
  if (!terminal.interactive) {
    throw new UsageError('nothing is changed: nobody can be asked here; --yes goes ahead')
  }
  const asking = createInterface({ input: stdin, output: process.stderr })
  try {
    const answer = await asking.question(`${question} [y/N] `, { signal })
    return /^y(es)?$/i.test(answer.trim())
  } finally {
    asking.close()
  }
}
