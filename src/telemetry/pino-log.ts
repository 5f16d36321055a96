import { destination, pino, stdTimeFunctions } from 'pino'
import type { Log, LogFields, LogLevel } from '../core/log.ts'
import { createGatheredLines } from './gathered-lines.ts'
import { createIsoTime } from './iso-time.ts'

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

/** JSON lines by pino: partial writes, full pipes and the end of the process are its trade. */
export function createPinoLog(options: PinoLogOptions = {}): PinoLog {
  const stream = destination({
    dest: options.to ?? 2,
    sync: false,
  })
  // A log that nobody reads any more (a closed pipe) must not end the gateway.
  stream.on('error', () => {})
  const logger = pino(
    { level: options.level ?? 'info', base: null, timestamp: stdTimeFunctions.isoTime },
    stream,
  )
  const gathered = createGatheredLines((text) => {
    stream.write(text)
  })
  const isoTime = createIsoTime()
  const say = (level: LogLevel) => (message: string, fields?: LogFields) => {
    if (!logger.isLevelEnabled(level)) return
    // In the order in which things happened.
    gathered.flush()
    logger[level](fields ?? NOTHING, message)
  }
  return {
    line(level, message, members) {
      if (!logger.isLevelEnabled(level)) return
      gathered.add(
        `{"level":${LEVELS[level]},"time":"${isoTime(Date.now())}",${members}"msg":"${message}"}\n`,
      )
    },
    debug: say('debug'),
    info: say('info'),
    warn: say('warn'),
    error: say('error'),
    flush() {
      gathered.flush()
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
