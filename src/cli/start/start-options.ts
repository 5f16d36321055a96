import type { CommandInput, Terminal } from '../command.ts'
import { UsageError } from '../exit-codes.ts'
import { LITELLM_TABLE } from '../litellm-options.ts'
import { readPort, readWholeNumber } from '../read-port.ts'

export interface StartOptions {
  readonly config: string | undefined
  readonly port: number | undefined
  readonly host: string | undefined
  readonly workers: number
  readonly demo: boolean
  /** LiteLLM's switches that change settings. */
  readonly requestTimeoutMs: number | undefined
  readonly dropParams: boolean
}

const MAX_WORKERS = 64

export function readStartOptions(input: CommandInput, terminal: Terminal): StartOptions {
  for (const { name, ignored } of LITELLM_TABLE) {
    if (ignored && input.options.has(name)) terminal.warn(`--${name} does nothing here: ${ignored}`)
  }
  const workers = readWholeNumber(input, 'workers') ?? readWholeNumber(input, 'num_workers') ?? 1
  if (workers < 1 || workers > MAX_WORKERS) {
    throw new UsageError(`'--workers' must be between 1 and ${MAX_WORKERS}`)
  }
  const demo = input.options.has('demo')
  const config = text(input, 'config')
  if (demo && config !== undefined) {
    throw new UsageError("'--demo' runs without a configuration; leave '--config' out")
  }
  return {
    config,
    port: readPort(input),
    host: text(input, 'host'),
    workers,
    demo,
    requestTimeoutMs: seconds(input, 'request_timeout'),
    dropParams: input.options.has('drop_params'),
  }
}

function text(input: CommandInput, name: string): string | undefined {
  const value = input.options.get(name)
  return typeof value === 'string' ? value : undefined
}

function seconds(input: CommandInput, name: string): number | undefined {
  const value = text(input, name)
  if (value === undefined) return undefined
  const number = Number(value)
  if (!(number > 0)) throw new UsageError(`'--${name}' must be a number of seconds above 0`)
  return number * 1000
}
