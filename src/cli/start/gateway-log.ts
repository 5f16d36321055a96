import type { Log } from '../../core/log.ts'
import type { Terminal } from '../command.ts'
import { terminalLog } from '../terminal-log.ts'

export interface GatewayLog {
  readonly log: Log
  /** Before the process ends. */
  readonly flush: () => void
}

/** Lines for a person at a terminal; JSON lines on stderr for whatever collects them. */
export async function openGatewayLog(terminal: Terminal): Promise<GatewayLog> {
  if (terminal.interactive) {
    const log = terminalLog(terminal)
    const info: Log['info'] = (message, fields) => {
      terminal.say(message === 'call' ? callLine(fields) : `${message}${factsOf(fields)}`)
    }
    return { log: { ...log, info }, flush: () => {} }
  }
  // Read only where it is used: a log that gathers its lines costs a tenth of the start.
  const { createPinoLog } = await import('../../telemetry/pino-log.ts')
  const log = createPinoLog({ level: levelOf(terminal) })
  return {
    log,
    flush: () => {
      log.flush()
    },
  }
}

type Fields = Parameters<Log['info']>[1]

function levelOf({ quiet, verbose }: Terminal): 'debug' | 'info' | 'warn' {
  if (verbose) return 'debug'
  return quiet ? 'warn' : 'info'
}

/** `200 gpt-4o by responses, 812 ms, 12+340 tokens` */
function callLine(fields: Fields): string {
  const { status, model, wire, ms, inputTokens, outputTokens, error, code } = fields ?? {}
  const tokens = inputTokens === undefined ? '' : `, ${inputTokens}+${outputTokens ?? 0} tokens`
  const failed = error === undefined ? '' : `, ${code ?? error}`
  return `${status} ${model ?? 'unknown model'} by ${wire ?? 'no wire'}, ${ms} ms${tokens}${failed}`
}

function factsOf(fields: Fields): string {
  const facts = Object.entries(fields ?? {}).filter(([, value]) => value !== undefined)
  return facts.map(([name, value]) => ` ${name}=${value}`).join('')
}
