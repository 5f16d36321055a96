import type { Source } from './choose.ts'
import type { BuildContext } from './pick.ts'

const WORDS: Readonly<Record<string, boolean>> = { on: true, true: true, off: false, false: false }

export function environmentSwitch(
  { environment, fail }: Pick<BuildContext, 'environment' | 'fail'>,
  name: string,
): Source<boolean>[] {
  const text = environment[name]
  if (text === undefined || text === '') return [{ name, value: undefined }]
  const value = Object.hasOwn(WORDS, text) ? WORDS[text] : undefined
  if (value === undefined) fail({ message: `${name} must be on or off` })
  return [{ name, value }]
}
