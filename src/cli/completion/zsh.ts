import type { OptionSpec } from '../command.ts'
import { completionEntries, quote } from './entries.ts'
import type { CompletionEntry } from './entries.ts'

/** `eval "$(jetway completion zsh)"`, or a file `_jetway` in `$fpath`. */
export function zshScript(): string {
  const entries = completionEntries()
  return `#compdef jetway
# jetway completion for zsh: eval "$(jetway completion zsh)" after compinit
${entries.map(entryFunction).join('\n')}
if [ "$funcstack[1]" = "_jetway" ]; then
  _jetway "$@"
else
  compdef _jetway jetway
fi
`
}

function entryFunction({ path, commands, options, argument }: CompletionEntry): string {
  const lines = options.flatMap(optionSpecs)
  if (commands.length > 0) {
    const described = commands.map(({ name, summary }) => quote(`${name}:${escapeColon(summary)}`))
    return `${functionName(path)}() {
  local context state line
  local -a commands
  commands=(${described.join(' ')})
  _arguments -C ${[...lines, "'1: :->command'", "'*:: :->rest'"].join(' \\\n    ')}
  case $state in
    command) _describe 'command' commands ;;
    rest)
      case $line[1] in
${commands.map(({ name }) => `        ${name}) ${functionName([...path, name])} ;;`).join('\n')}
      esac ;;
  esac
}`
  }
  if (argument) {
    const action = argument.choices
      ? `(${argument.choices.join(' ')})`
      : argument.completes === 'file'
        ? '_files'
        : ''
    lines.push(quote(`${argument.many ? '*' : '1'}:${argument.name}:${action}`))
  }
  return `${functionName(path)}() {
  _arguments ${lines.join(' \\\n    ')}
}`
}

function optionSpecs({ name, short, value, summary, choices, completes }: OptionSpec): string[] {
  const action = choices ? `(${choices.join(' ')})` : completes === 'file' ? '_files' : ' '
  const tail = `[${escapeBracket(summary)}]${value === undefined ? '' : `:${value}:${action}`}`
  const names = [`--${name}`, ...(short ? [`-${short}`] : [])]
  return names.map((each) => quote(`(${names.join(' ')})${each}${tail}`))
}

function functionName(path: readonly string[]): string {
  return ['_jetway', ...path].join('_')
}

function escapeColon(text: string): string {
  return text.replaceAll(':', String.raw`\:`)
}

function escapeBracket(text: string): string {
  return text.replaceAll(/[[\]:]/g, String.raw`\$&`)
}
