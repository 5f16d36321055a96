/** Where a value stands; lines and columns count from 1. */
export interface Position {
  readonly file: string
  readonly line: number
  readonly column: number
}

/** One thing that is wrong, or merely odd, with the configuration. Never holds a value, which may be a secret. */
export interface ConfigProblem {
  readonly message: string
  /** Absent for what no file says: a flag, the environment. */
  readonly at?: Position | undefined
}

/** `config.yaml:3:5: message`, as compilers print it and editors jump to. */
export function formatProblem(problem: ConfigProblem): string {
  const { at, message } = problem
  return at ? `${at.file}:${at.line}:${at.column}: ${message}` : message
}

/** The configuration cannot be used. The command ends with exit code 4. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly problems: readonly ConfigProblem[]

  constructor(problems: readonly ConfigProblem[]) {
    super(problems.map(formatProblem).join('\n'))
    this.problems = problems
  }
}
