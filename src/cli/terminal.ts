import type { Paint, Terminal } from './command.ts'

interface TerminalOptions {
  readonly stdout: NodeJS.WriteStream
  readonly stderr: NodeJS.WriteStream
  readonly stdin: { readonly isTTY?: boolean }
  readonly environment: Readonly<Record<string, string | undefined>>
  /** The command line: the switches that concern the terminal are read before it is parsed. */
  readonly words: readonly string[]
}

/** stdout for data, stderr for talk; colours and prompts only where a person looks at them. */
export function createTerminal(options: TerminalOptions): Terminal {
  const { stdout, stderr, stdin, environment } = options
  const has = (...names: readonly string[]): boolean => {
    const end = options.words.indexOf('--')
    const words = end === -1 ? options.words : options.words.slice(0, end)
    return names.some((name) => words.includes(name))
  }
  const quiet = has('--quiet', '-q')
  const interactive =
    stderr.isTTY && stdin.isTTY === true && !has('--no-input') && !isSet(environment['CI'])
  return {
    print: (text) =>
      new Promise((resolve, reject) => {
        stdout.write(text, (error) => {
          if (error) reject(error)
          else resolve()
        })
      }),
    say: (text) => {
      if (!quiet) stderr.write(`${text}\n`)
    },
    warn: (text) => {
      stderr.write(`${text}\n`)
    },
    control: (sequence) => {
      if (interactive && environment['TERM'] !== 'dumb') stderr.write(sequence)
    },
    paint: createPaint(!has('--no-color') && wantsColour(stderr, environment)),
    interactive,
    outputIsTerminal: stdout.isTTY,
    columns: stdout.isTTY ? stdout.columns : 120,
    quiet,
    verbose: has('--verbose', '--debug', '--detailed_debug'),
  }
}

/** https://no-color.org, and FORCE_COLOR as most tools read it. */
function wantsColour(
  stream: { readonly isTTY?: boolean },
  environment: Readonly<Record<string, string | undefined>>,
): boolean {
  if (isSet(environment['NO_COLOR'])) return false
  if (isSet(environment['FORCE_COLOR'])) return environment['FORCE_COLOR'] !== '0'
  return stream.isTTY === true && environment['TERM'] !== 'dumb'
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== ''
}

export function createPaint(colours: boolean): Paint {
  const style =
    (open: number, close: number) =>
    (text: string): string =>
      colours ? `\u001B[${open}m${text}\u001B[${close}m` : text
  return {
    bold: style(1, 22),
    dim: style(2, 22),
    red: style(31, 39),
    green: style(32, 39),
    yellow: style(33, 39),
  }
}
