import { destination, pino, stdTimeFunctions } from 'pino'
import type { Log, LogLevel } from '../core/log.ts'

export interface PinoLog extends Log {
  /** Writes what is still in memory, at once: before the process ends. */
  flush(): void
}

export interface PinoLogOptions {
  /** @default 'info' */
  readonly level?: LogLevel | undefined
  /** Where lines go. @default 2, which is stderr: stdout is for data */
  readonly to?: number | string | undefined
}

/** Lines are gathered up to this many bytes before they are written, or for this long. */
const BUFFER_BYTES = 12_288
const FLUSH_EVERY_MS = 1000

/** JSON lines by pino: partial writes, full pipes and the end of the process are its trade. */
export function createPinoLog(options: PinoLogOptions = {}): PinoLog {
  const stream = destination({
    dest: options.to ?? 2,
    sync: false,
    minLength: BUFFER_BYTES,
    periodicFlush: FLUSH_EVERY_MS,
  })
  // A log that nobody reads any more (a closed pipe) must not end the gateway.
  stream.on('error', () => {})
  const logger = pino(
    { level: options.level ?? 'info', base: null, timestamp: stdTimeFunctions.isoTime },
    stream,
  )
  const line = (level: 'info' | 'warn', message: string, members: string): void => {
    if (!logger.isLevelEnabled(level)) return
    stream.write(
      `{"level":${LEVELS[level]},"time":"${new Date().toISOString()}",${members}"msg":"${message}"}\n`,
    )
  }
  return {
    line,
    debug: (message, fields) => {
      logger.debug(fields ?? NOTHING, message)
    },
    info: (message, fields) => {
      logger.info(fields ?? NOTHING, message)
    },
    warn: (message, fields) => {
      logger.warn(fields ?? NOTHING, message)
    },
    error: (message, fields) => {
      logger.error(fields ?? NOTHING, message)
    },
    flush() {
      try {
        stream.flushSync()
      } catch {
        // Not open yet, or closed already: there is nothing that could still be written.
      }
    },
  }
}

const NOTHING = {}
/** https://github.com/pinojs/pino/blob/main/docs/api.md#loggerlevel-string-gettersetter */
const LEVELS = { info: 30, warn: 40 }
