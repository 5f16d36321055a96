import { Argument, Command, CommanderError, Option } from 'commander'
import type {
  ArgumentSpec,
  CommandContext,
  CommandInput,
  CommandSpec,
  ExampleSpec,
  OptionSpec,
} from './command.ts'
import { UsageError } from './exit-codes.ts'
import { COMMANDS, GLOBAL_OPTIONS } from './table.ts'

/**
 * Makes commander's commands from the table: the one that `word` names, or all, which takes longer. Help goes to stdout through
 * `print`; nothing here ends the process.
 */
export function createProgram(
  word: string | undefined,
  context: CommandContext,
  print: (text: string) => void,
): Command {
  const program = new Command('jetway')
  program
    .description('Your GitHub Copilot seat behind every tool: `jetway` alone starts the gateway.')
    .version(context.version, '-V, --version', 'print the version')
    .addHelpText(
      'after',
      examplesText(COMMANDS.slice(0, 2).flatMap(({ examples }) => examples.slice(0, 1))),
    )
  quieten(program, print)
  for (const option of GLOBAL_OPTIONS) program.addOption(makeOption(option))
  const named = COMMANDS.filter(({ name }) => name === word)
  for (const spec of named.length > 0 ? named : COMMANDS) addCommand(program, spec, context, print)
  return program
}

function addCommand(
  parent: Command,
  spec: CommandSpec,
  context: CommandContext,
  print: (text: string) => void,
): void {
  const command = parent.command(spec.name).description(spec.summary).summary(spec.summary)
  quieten(command, print)
  for (const argument of spec.arguments ?? []) command.addArgument(makeArgument(argument))
  for (const option of spec.options ?? []) command.addOption(makeOption(option))
  for (const option of GLOBAL_OPTIONS) command.addOption(makeOption({ ...option, hidden: true }))
  command.addHelpText('after', examplesText(spec.examples))
  if (spec.commands) {
    command.addHelpCommand(false)
    for (const child of spec.commands) addCommand(command, child, context, print)
    return
  }
  const { load } = spec
  if (!load) throw new TypeError(`${spec.name} has neither commands nor code`)
  command.allowExcessArguments(false).action(async () => {
    const module = await load()
    await module.run(context, readInput(command, spec))
  })
}

function readInput(command: Command, spec: CommandSpec): CommandInput {
  const given = command.opts<Record<string, unknown>>()
  const options = new Map<string, string | true>()
  for (const option of [...(spec.options ?? []), ...GLOBAL_OPTIONS]) {
    const negative = option.name.startsWith('no-')
    const key = camelCase(negative ? option.name.slice(3) : option.name)
    const value = given[key]
    if (negative) {
      if (value === false) options.set(option.name, true)
    } else if (value === true || typeof value === 'string') options.set(option.name, value)
  }
  return { arguments: command.args, options }
}

function makeOption(spec: OptionSpec): Option {
  const long = spec.value === undefined ? `--${spec.name}` : `--${spec.name} <${spec.value}>`
  const option = new Option(spec.short ? `-${spec.short}, ${long}` : long, describe(spec))
  if (spec.choices) option.choices([...spec.choices])
  return spec.hidden ? option.hideHelp() : option
}

function describe({ summary, fallback }: OptionSpec): string {
  return fallback === undefined ? summary : `${summary} (default: ${fallback})`
}

function makeArgument(spec: ArgumentSpec): Argument {
  const name = spec.many ? `${spec.name}...` : spec.name
  const argument = new Argument(spec.required ? `<${name}>` : `[${name}]`, spec.summary)
  return spec.choices ? argument.choices([...spec.choices]) : argument
}

/** Commander's own way from `no-browser` and `num_workers` to a property's name. */
function camelCase(name: string): string {
  return name.replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase())
}

function quieten(command: Command, print: (text: string) => void): void {
  command
    .exitOverride()
    .configureOutput({ writeOut: print, writeErr: () => {} })
    .helpOption('-h, --help', 'show this')
    .showSuggestionAfterError(true)
    .helpCommand(false)
}

function examplesText(examples: readonly ExampleSpec[]): string {
  const width = Math.max(0, ...examples.map(({ line }) => line.length))
  const lines = examples.map(({ line, says }) => `  ${line.padEnd(width)}  # ${says}`)
  return `\nExamples:\n${lines.join('\n')}`
}

/** Commander's complaints in our words: a usage error, or nothing when help or version was asked for. */
export function fromCommander(error: unknown): unknown {
  if (!(error instanceof CommanderError)) return error
  if (error.exitCode === 0) return undefined
  return new UsageError(error.message.replace(/^error: /, ''), { cause: error })
}
