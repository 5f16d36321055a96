import type { OptionSpec } from '../command.ts'
import { completionEntries, quote } from './entries.ts'
import type { CompletionEntry } from './entries.ts'

/** `jetway completion fish > ~/.config/fish/completions/jetway.fish` */
export function fishScript(): string {
  const entries = completionEntries()
  const words = entries.flatMap(({ path }) => path.at(-1) ?? [])
  return `# jetway completion for fish
function __jetway_at
    set -l typed
    for word in (commandline -opc)[2..-1]
        contains -- $word ${[...new Set(words)].join(' ')}; and set -a typed $word
    end
    test "$typed" = "$argv"
end
complete -c jetway -f
${entries.flatMap(entryLines).join('\n')}
`
}

function entryLines({ path, commands, options, argument }: CompletionEntry): string[] {
  const at = `complete -c jetway -n ${quote(`__jetway_at ${path.join(' ')}`.trimEnd())}`
  return [
    ...commands.map(({ name, summary }) => `${at} -a ${name} -d ${quote(summary)}`),
    ...options.map((option) => `${at} ${optionFlags(option)}`),
    ...(argument?.choices ? [`${at} -a ${quote(argument.choices.join(' '))}`] : []),
    ...(argument?.completes === 'file' ? [`${at} -F`] : []),
  ]
}

function optionFlags({ name, short, value, summary, choices, completes }: OptionSpec): string {
  return [
    `-l ${name}`,
    ...(short ? [`-s ${short}`] : []),
    ...(value === undefined ? [] : ['-r']),
    ...(choices ? [`-a ${quote(choices.join(' '))}`] : []),
    ...(completes === 'file' ? ['-F'] : []),
    `-d ${quote(summary)}`,
  ].join(' ')
}
