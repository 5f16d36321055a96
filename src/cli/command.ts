/** One command as data: help, shell completion and documentation are made from it, and its code is loaded when it is called. */
export interface CommandSpec {
  readonly name: string
  /** One line, without a full stop. */
  readonly summary: string
  readonly arguments?: readonly ArgumentSpec[]
  readonly options?: readonly OptionSpec[]
  readonly examples: readonly ExampleSpec[]
  /** A group has these instead of code of its own. */
  readonly commands?: readonly CommandSpec[]
  readonly load?: () => Promise<CommandModule>
}

export interface ArgumentSpec {
  readonly name: string
  readonly summary: string
  readonly required?: boolean
  /** Takes all that follow. */
  readonly many?: boolean
  readonly choices?: readonly string[]
  /** Words a shell offers, where others are taken as well. */
  readonly offers?: readonly string[]
  /** What a shell completes here. */
  readonly completes?: 'file'
}

export interface OptionSpec {
  /** Without dashes: `config`; `no-browser` is the negative of `browser`. */
  readonly name: string
  readonly short?: string
  /** As help shows it: `FILE`. Absent: a switch. */
  readonly value?: string
  readonly summary: string
  readonly choices?: readonly string[]
  readonly completes?: 'file'
  /** Shown in help; the code has its own. */
  readonly fallback?: string
  /** Taken, but shown nowhere: another tool's spelling. */
  readonly hidden?: boolean
}

export interface ExampleSpec {
  readonly line: string
  readonly says: string
}

interface CommandModule {
  readonly run: (context: CommandContext, input: CommandInput) => Promise<void>
}

export interface CommandInput {
  readonly arguments: readonly string[]
  /** By the option's name. A switch is `true`, a value its text. */
  readonly options: ReadonlyMap<string, string | true>
}

/** The world as a command sees it, so that nothing in a command reaches for `process`. */
export interface CommandContext {
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean }
  readonly terminal: Terminal
  /** Aborts on Ctrl-C and SIGTERM; the reason is an `Interrupted`. */
  readonly signal: AbortSignal
  readonly version: string
}

export interface Terminal {
  /** Data, on stdout. Resolves when it is written. */
  readonly print: (text: string) => Promise<void>
  /** Talk, on stderr; silent under `--quiet`. */
  readonly say: (text: string) => void
  /** A warning or an error, on stderr, also under `--quiet`. */
  readonly warn: (text: string) => void
  /** Raw control sequences, on stderr; only where a person looks at it. */
  readonly control: (sequence: string) => void
  readonly paint: Paint
  /** stderr is a terminal with a person before it: not in CI, not `--no-input`. */
  readonly interactive: boolean
  /** stdout is a terminal. */
  readonly outputIsTerminal: boolean
  readonly columns: number
  readonly verbose: boolean
  readonly quiet: boolean
}

export interface Paint {
  readonly bold: (text: string) => string
  readonly dim: (text: string) => string
  readonly red: (text: string) => string
  readonly green: (text: string) => string
  readonly yellow: (text: string) => string
}
