import { randomUUID } from 'node:crypto'
import type { Call, CallOptions, Caller } from '../core/call.ts'
import { OWN_SEAT } from '../core/call.ts'
import { systemClock } from '../core/clock.ts'
import { BadRequestError } from '../core/errors.ts'
import { isJsonObject } from '../core/json.ts'
import type { JsonObject } from '../core/json.ts'
import type { CallExtras } from './types/options.ts'

/** The part of `Call` that the SDK's functions differ in. */
export interface Door {
  readonly dialect: 'chat' | 'responses' | 'messages' | 'embeddings'
  readonly operation: 'generate' | 'embed'
}

export const SDK_CALLER: Caller = { kind: 'sdk', seat: OWN_SEAT }

/** Every option of ours, so that what is left is the request's body. */
const EXTRAS: ReadonlySet<string> = new Set<keyof CallExtras>([
  'api_base',
  'api_key',
  'extra_headers',
  'extra_body',
  'timeout',
  'stream_timeout',
  'num_retries',
  'fallbacks',
  'drop_params',
  'use_defaults',
  'signal',
])

/** Never a caller's to set: the credential is added at the socket, the rest belongs to one connection. */
const WITHHELD: ReadonlySet<string> = new Set([
  'authorization',
  'cookie',
  'connection',
  'content-length',
  'host',
  'keep-alive',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/** One call from the options of one function. `defaults` are the client's; each can be overridden per call. */
export function makeCall(
  door: Door,
  options: CallExtras & object,
  defaults: CallExtras,
  signal: AbortSignal,
): Call {
  const body = readBody(options, defaults)
  const { bytes, json } = body
  if (json['model'] !== undefined && typeof json['model'] !== 'string') {
    throw new BadRequestError("'model' must be text, as 'github_copilot/gpt-4o'", {
      param: 'model',
    })
  }
  return {
    id: randomUUID(),
    operation: door.operation,
    dialect: door.dialect,
    model: json['model'] ?? '',
    stream: json['stream'] === true,
    headers: mergeHeaders(defaults.extra_headers, options.extra_headers),
    body: { bytes, json },
    caller: SDK_CALLER,
    options: readCallOptions(options, defaults),
    signal,
    receivedAt: systemClock.monotonic(),
  }
}

/** Printed once and read back, so that no later change to the caller's objects can reach the call, nor ours theirs. */
function readBody(options: object, defaults: CallExtras): { bytes: Uint8Array; json: JsonObject } {
  const fields: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(options)) {
    if (!EXTRAS.has(name)) fields[name] = value
  }
  const extra = (options as CallExtras).extra_body
  const text = printBody({ ...defaults.extra_body, ...fields, ...extra })
  const json: unknown = JSON.parse(text)
  if (!isJsonObject(json)) throw new BadRequestError('the options must be one object')
  return { bytes: Buffer.from(text), json }
}

function printBody(fields: Record<string, unknown>): string {
  try {
    return JSON.stringify(fields)
  } catch (cause) {
    throw new BadRequestError(
      'the options cannot be written as JSON: they hold a cycle or a BigInt',
      {
        cause,
      },
    )
  }
}

export function readCallOptions(options: CallExtras, defaults: CallExtras): CallOptions {
  return {
    timeoutMs: milliseconds('timeout', options.timeout ?? defaults.timeout),
    streamTimeoutMs: milliseconds(
      'stream_timeout',
      options.stream_timeout ?? defaults.stream_timeout,
    ),
    retries: wholeNumber('num_retries', options.num_retries ?? defaults.num_retries),
    fallbacks: options.fallbacks ?? defaults.fallbacks,
    dropParams: options.drop_params ?? defaults.drop_params,
    apiBase: options.api_base ?? defaults.api_base,
    apiKey: options.api_key ?? defaults.api_key,
    sdkDefaults: options.use_defaults ?? defaults.use_defaults ?? true,
  }
}

/** Lower-case names; the later block wins whatever the case. */
export function mergeHeaders(
  ...blocks: readonly (Readonly<Record<string, string>> | undefined)[]
): ReadonlyMap<string, string> {
  const merged = new Map<string, string>()
  for (const block of blocks) {
    for (const [name, value] of Object.entries(block ?? {})) {
      const lower = name.toLowerCase()
      if (WITHHELD.has(lower)) continue
      if (typeof value !== 'string' || !HEADER_VALUE.test(value) || !HEADER_NAME.test(name)) {
        throw new BadRequestError(`extra_headers: '${name}' is no valid header`, {
          param: 'extra_headers',
        })
      }
      merged.set(lower, value)
    }
  }
  return merged
}

/** RFC 9110, sections 5.1 and 5.5. */
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/

function milliseconds(name: string, seconds: number | undefined): number | undefined {
  if (seconds === undefined) return undefined
  if (typeof seconds !== 'number' || !(seconds > 0)) {
    throw new BadRequestError(`'${name}' must be a number of seconds above 0`, { param: name })
  }
  return seconds * 1000
}

function wholeNumber(name: string, value: number | undefined): number | undefined {
  if (value === undefined) return undefined
  if (!Number.isInteger(value) || value < 0) {
    throw new BadRequestError(`'${name}' must be a whole number, 0 or more`, { param: name })
  }
  return value
}
