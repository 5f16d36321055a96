import { UsageError } from '../exit-codes.ts'
import type { CommandContext } from '../command.ts'

const MAX_BYTES = 100_000

/** Ids and aliases from the command line; `-` reads them, or keys themselves, from a pipe: an argument is seen by all. */
export async function readKeyNames(
  words: readonly string[],
  { stdin }: CommandContext,
): Promise<readonly string[]> {
  if (words.some((word) => word.startsWith('sk-'))) {
    throw new UsageError(
      'a key must not stand on the command line, where others can read it: give its id or alias, or `-` and the key in a pipe',
    )
  }
  if (!words.includes('-')) return words
  let text = ''
  for await (const piece of stdin) {
    text += String(piece)
    if (text.length > MAX_BYTES) throw new UsageError('the pipe holds too much to be keys')
  }
  const piped = text.split(/\s+/).filter((word) => word !== '')
  const names = [...words.filter((word) => word !== '-'), ...piped]
  if (names.length === 0) throw new UsageError('the pipe is empty: no key is named')
  return names
}
