import { completionEntries } from './entries.ts'
import type { CompletionEntry } from './entries.ts'

/** `eval "$(jetway completion bash)"` */
export function bashScript(): string {
  const entries = completionEntries()
  return `# jetway completion for bash: eval "$(jetway completion bash)"
_jetway() {
  local current previous path word index
  COMPREPLY=()
  current="\${COMP_WORDS[COMP_CWORD]}"
  previous="\${COMP_WORDS[COMP_CWORD-1]}"
  path=""
  for ((index = 1; index < COMP_CWORD; index++)); do
    word="\${COMP_WORDS[index]}"
    case "$path $word" in
${entries.flatMap(pathCase).join('\n')}
    esac
  done
  case "$path:$previous" in
${entries.flatMap(valueCases).join('\n')}
  esac
  case "$path" in
${entries.map(wordsCase).join('\n')}
  esac
}
complete -F _jetway jetway
`
}

function pathCase({ path }: CompletionEntry): string[] {
  if (path.length === 0) return []
  const before = path.slice(0, -1).map((name) => ` ${name}`)
  return [`      ${JSON.stringify(`${before.join('')} ${path.at(-1)}`)}) path="${asPath(path)}" ;;`]
}

function valueCases({ path, options }: CompletionEntry): string[] {
  return options
    .filter(({ value }) => value !== undefined)
    .map((option) => {
      const names = [`--${option.name}`, ...(option.short ? [`-${option.short}`] : [])]
      const pattern = names.map((name) => `"${asPath(path)}:${name}"`).join('|')
      const reply = option.choices
        ? `COMPREPLY=($(compgen -W "${option.choices.join(' ')}" -- "$current"))`
        : option.completes === 'file'
          ? 'COMPREPLY=($(compgen -f -- "$current"))'
          : 'COMPREPLY=()'
      return `    ${pattern}) ${reply}; return ;;`
    })
}

function wordsCase({ path, commands, options, argument }: CompletionEntry): string {
  const words = [
    ...commands.map(({ name }) => name),
    ...(argument?.choices ?? []),
    ...options.flatMap(({ name, short }) => [`--${name}`, ...(short ? [`-${short}`] : [])]),
  ]
  const files =
    argument?.completes === 'file'
      ? '\n      [[ $current == -* ]] || COMPREPLY+=($(compgen -f -- "$current"))'
      : ''
  return `    "${asPath(path)}")
      COMPREPLY=($(compgen -W "${words.join(' ')}" -- "$current"))${files} ;;`
}

function asPath(path: readonly string[]): string {
  return path.map((name) => ` ${name}`).join('')
}
