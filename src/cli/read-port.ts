import type { CommandInput } from './command.ts'
import { UsageError } from './exit-codes.ts'

/** `--port`, checked; 0 takes any free one. */
export function readPort(input: CommandInput): number | undefined {
  const port = readWholeNumber(input, 'port')
  if (port !== undefined && port > 65_535) throw new UsageError("'--port' must be 65535 or less")
  return port
}

export function readWholeNumber(input: CommandInput, name: string): number | undefined {
  const text = input.options.get(name)
  if (typeof text !== 'string') return undefined
  if (!/^\d{1,9}$/.test(text)) throw new UsageError(`'--${name}' must be a whole number`)
  return Number(text)
}
