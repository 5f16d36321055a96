import { nearestName } from '../config/nearest.ts'
import { JetwayError } from '../core/errors.ts'
import type { CommandContext, CommandSpec } from './command.ts'
import { ConfigError, formatProblem } from '../config/problem.ts'
import { EXIT, exitCodeOf, ExitStatus, Interrupted, UsageError } from './exit-codes.ts'
import { createProgram, fromCommander } from './program.ts'
import { COMMANDS, GLOBAL_OPTIONS } from './table.ts'

/** Runs one command line to its end; resolves with the exit code and never rejects. */
export async function run(words: readonly string[], context: CommandContext): Promise<number> {
  const help: string[] = []
  try {
    const line = withCommand(words)
    checkWords(line, COMMANDS, 'jetway')
    const program = createProgram(line[0], context, (text) => help.push(text))
    await program.parseAsync([...line], { from: 'user' })
    await context.terminal.print(help.join(''))
    return EXIT.ok
  } catch (thrown) {
    const error = context.signal.aborted ? context.signal.reason : fromCommander(thrown)
    if (error === undefined) {
      await context.terminal.print(help.join(''))
      return EXIT.ok
    }
    report(error, words, context)
    return exitCodeOf(error)
  }
}

/**
 * `jetway` alone, or with options only, is `jetway start`. Switches that every command takes may stand before its name; they are
 * put behind it, where the command's own are.
 */
function withCommand(words: readonly string[]): readonly string[] {
  const before = words.findIndex((word) => !SWITCHES.has(word))
  const first = words[before]
  if (first === undefined) return ['start', ...words]
  if (first.startsWith('-')) {
    return words.some((word) => ABOUT_ITSELF.has(word)) ? words : ['start', ...words]
  }
  const isGroup = COMMANDS.some(({ name, commands }) => name === first && commands)
  const behind = before + (isGroup ? 2 : 1)
  return [...words.slice(before, behind), ...words.slice(0, before), ...words.slice(behind)]
}

/** None takes a value. */
const SWITCHES: ReadonlySet<string> = new Set(
  GLOBAL_OPTIONS.flatMap(({ name, short }) =>
    short === undefined ? [`--${name}`] : [`--${name}`, `-${short}`],
  ),
)

const ABOUT_ITSELF: ReadonlySet<string> = new Set(['-h', '--help', '-V', '--version'])

/** A word that is no command gets its nearest neighbour. */
function checkWords(
  [word, ...rest]: readonly string[],
  known: readonly CommandSpec[],
  path: string,
): void {
  if (word === undefined || word.startsWith('-')) return
  const command = known.find(({ name }) => name === word)
  if (command?.commands) {
    if (rest.every((next) => SWITCHES.has(next))) {
      const names = command.commands.map(({ name }) => name).join(', ')
      throw new UsageError(`'${path} ${word}' needs one of: ${names}`)
    }
    checkWords(rest, command.commands, `${path} ${word}`)
    return
  }
  if (command) return
  const meant = meantBy(word, known, path)
  throw new UsageError(
    `'${word}' is no command of ${path}` +
      (meant ? `; did you mean '${meant}'?` : `; see '${path} --help'`),
  )
}

function meantBy(word: string, known: readonly CommandSpec[], path: string): string | undefined {
  // Commands of other programs, and switches here.
  if (word === 'help') return `${path} --help`
  if (word === 'version') return 'jetway --version'
  const nearest = nearestName(
    word,
    known.map(({ name }) => name),
  )
  return nearest && `${path} ${nearest}`
}

function report(error: unknown, words: readonly string[], { terminal }: CommandContext): void {
  if (error instanceof Interrupted || error instanceof ExitStatus) return
  const code = exitCodeOf(error)
  if (words.includes('--json')) {
    terminal.warn(JSON.stringify({ error: describeError(error), exit_code: code }))
    return
  }
  terminal.warn(`${terminal.paint.red('error:')} ${messageOf(error)}`)
  if (terminal.verbose && error instanceof Error && error.stack) {
    terminal.warn(terminal.paint.dim(error.stack))
  }
}

function messageOf(error: unknown): string {
  if (error instanceof ConfigError) return error.problems.map(formatProblem).join('\n       ')
  return error instanceof Error ? error.message : String(error)
}

function describeError(error: unknown): object {
  if (error instanceof ConfigError) {
    return { name: error.name, message: error.message, problems: error.problems }
  }
  if (error instanceof JetwayError) {
    const { name, message, status, code, request_id, retry_after } = error
    return { name, message, status, code, request_id, retry_after }
  }
  return { name: error instanceof Error ? error.name : 'Error', message: messageOf(error) }
}
