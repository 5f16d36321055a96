export type LogLevel = 'debug' | 'info' | 'warn' | 'error'

/** Facts beside a message: numbers, names and ids. Never a prompt, an answer, a token or a header's value. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>

/** Where rooms say what happened. Small, so that the SDK needs no logging library. */
export interface Log {
  readonly debug: (message: string, fields?: LogFields) => void
  readonly info: (message: string, fields?: LogFields) => void
  readonly warn: (message: string, fields?: LogFields) => void
  readonly error: (message: string, fields?: LogFields) => void
  /**
   * A line whose members are written as JSON already, each with a comma behind it: for what is logged with every call, where
   * going through an object costs more than all else about the line. Absent: the log takes objects only.
   */
  readonly line?: ((level: 'info' | 'warn', message: string, members: string) => void) | undefined
}

const ignore = (): void => {}

export const silentLog: Log = { debug: ignore, info: ignore, warn: ignore, error: ignore }
