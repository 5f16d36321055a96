import type { Log, LogFields } from '../core/log.ts'
import type { Terminal } from './command.ts'

/** What rooms say, for a person at the terminal: warnings always, the rest with `--verbose`. */
export function terminalLog({ warn, say, verbose, paint }: Terminal): Log {
  const line = (message: string, fields: LogFields | undefined): string => {
    const facts = Object.entries(fields ?? {}).filter(([, value]) => value !== undefined)
    return facts.length === 0
      ? message
      : `${message} ${paint.dim(facts.map(([name, value]) => `${name}=${value}`).join(' '))}`
  }
  const quietly = (message: string, fields?: LogFields): void => {
    if (verbose) say(line(message, fields))
  }
  return {
    debug: quietly,
    info: quietly,
    warn: (message, fields) => {
      warn(`${paint.yellow('warning:')} ${line(message, fields)}`)
    },
    error: (message, fields) => {
      warn(`${paint.red('error:')} ${line(message, fields)}`)
    },
  }
}
