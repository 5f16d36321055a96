import type { ArgumentSpec, CommandSpec, OptionSpec } from '../command.ts'
import { COMMANDS, GLOBAL_OPTIONS } from '../table.ts'

/** What can be typed after one path of commands. */
export interface CompletionEntry {
  /** `[]` for the program itself, `['config', 'check']` for a command in a group. */
  readonly path: readonly string[]
  readonly commands: readonly CommandSpec[]
  readonly options: readonly OptionSpec[]
  readonly argument: ArgumentSpec | undefined
}

const HELP_OPTION: OptionSpec = { name: 'help', short: 'h', summary: 'show help' }

/** Every place of the command line, so that each shell's script is a walk over the same list. */
export function completionEntries(): readonly CompletionEntry[] {
  const version: OptionSpec = { name: 'version', short: 'V', summary: 'print the version' }
  const common = [...GLOBAL_OPTIONS, HELP_OPTION]
  const start = COMMANDS.find(({ name }) => name === 'start')?.options ?? []
  const root: CompletionEntry = {
    path: [],
    commands: COMMANDS,
    options: [...shown(start), ...common, version],
    argument: undefined,
  }
  const below = (spec: CommandSpec, parents: readonly string[]): CompletionEntry[] => {
    const path = [...parents, spec.name]
    const entry: CompletionEntry = {
      path,
      commands: spec.commands ?? [],
      options: [...shown(spec.options ?? []), ...common],
      argument: offered(spec.arguments?.[0]),
    }
    return [entry, ...(spec.commands ?? []).flatMap((child) => below(child, path))]
  }
  return [root, ...COMMANDS.flatMap((spec) => below(spec, []))]
}

function offered(argument: ArgumentSpec | undefined): ArgumentSpec | undefined {
  return argument?.offers ? { ...argument, choices: argument.offers } : argument
}

function shown(options: readonly OptionSpec[]): readonly OptionSpec[] {
  return options.filter(({ hidden }) => !hidden)
}

/** Single quotes for POSIX shells and fish's double rules: only `'` needs care in our own texts. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`
}
