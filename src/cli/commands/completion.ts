import type { CommandContext, CommandInput } from '../command.ts'
import { bashScript } from '../completion/bash.ts'
import { fishScript } from '../completion/fish.ts'
import { pwshScript } from '../completion/pwsh.ts'
import { zshScript } from '../completion/zsh.ts'
import { UsageError } from '../exit-codes.ts'

const SCRIPTS: Readonly<Record<string, () => string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
  pwsh: pwshScript,
}

export async function run({ terminal }: CommandContext, input: CommandInput): Promise<void> {
  const [shell = ''] = input.arguments
  const script = SCRIPTS[shell]
  if (!script) throw new UsageError(`there is no completion for '${shell}'`)
  await terminal.print(script())
}
