import type { IncomingHttpHeaders } from 'node:http'
import type { CallOptions, DialectName } from '../../core/call.ts'
import { BadRequestError } from '../../core/errors.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'

export interface ReadOptions {
  readonly options: CallOptions
  /** Members of the body that are for the gateway, not for the model. */
  readonly ownFields: readonly string[]
}

/** LiteLLM takes these in the body beside OpenAI's own; other dialects have no such habit. */
const OPENAI_DIALECTS: ReadonlySet<DialectName> = new Set([
  'chat',
  'completions',
  'responses',
  'embeddings',
])
const OWN_FIELDS = ['timeout', 'stream_timeout', 'num_retries', 'fallbacks', 'drop_params']
/** Whoever may name the upstream may have the gateway's credentials sent to himself. */
const OPERATORS_FIELDS = ['api_base', 'base_url', 'api_key']
const MAX_SECONDS = 86_400
const MAX_RETRIES = 10
const MAX_FALLBACKS = 10

const NONE: ReadOptions = { options: {}, ownFields: [] }

/** What one call asks of the gateway, in headers and body; a header wins. Throws a `BadRequestError`. */
export function readCallOptions(
  headers: IncomingHttpHeaders,
  body: JsonObject,
  dialect: DialectName,
): ReadOptions {
  const inBody = OPENAI_DIALECTS.has(dialect)
  if (inBody) refuseOperatorsFields(body)
  const ownFields = inBody ? OWN_FIELDS.filter((name) => name in body) : []
  const timeout = headers['x-litellm-timeout']
  const streamTimeout = headers['x-litellm-stream-timeout']
  const retries = headers['x-litellm-num-retries']
  const fidelity = headers['x-jetway-fidelity']
  const inHeaders = timeout ?? streamTimeout ?? retries ?? fidelity
  // Nearly every call.
  if (inHeaders === undefined && ownFields.length === 0) return NONE

  const field = (name: string): JsonValue | undefined => (inBody ? body[name] : undefined)
  return {
    ownFields,
    options: {
      timeoutMs: seconds('x-litellm-timeout', timeout) ?? seconds('timeout', field('timeout')),
      streamTimeoutMs:
        seconds('x-litellm-stream-timeout', streamTimeout) ??
        seconds('stream_timeout', field('stream_timeout')),
      retries:
        wholeNumber('x-litellm-num-retries', retries) ??
        wholeNumber('num_retries', field('num_retries')),
      fallbacks: modelNames('fallbacks', field('fallbacks')),
      dropParams: truth('drop_params', field('drop_params')),
      strict: strictness(fidelity),
    },
  }
}

function refuseOperatorsFields(body: JsonObject): void {
  for (const name of OPERATORS_FIELDS) {
    if (name in body) {
      throw new BadRequestError(
        `${name} cannot be set by a client of this gateway; its operator sets it in the configuration`,
        { param: name, code: 'client_side_credentials' },
      )
    }
  }
}

function seconds(name: string, value: unknown): number | undefined {
  const number = numberIn(value)
  if (number === undefined) return undefined
  if (number > 0 && number <= MAX_SECONDS) return Math.round(number * 1000)
  throw wrong(name, `a number of seconds above 0, at most ${MAX_SECONDS}`)
}

function wholeNumber(name: string, value: unknown): number | undefined {
  const number = numberIn(value)
  if (number === undefined) return undefined
  if (Number.isInteger(number) && number >= 0 && number <= MAX_RETRIES) return number
  throw wrong(name, `a whole number, 0 to ${MAX_RETRIES}`)
}

/** `undefined` when none is given, `NaN` when it is no number. */
function numberIn(value: unknown): number | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value === 'number') return value
  return typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN
}

function modelNames(name: string, value: unknown): readonly string[] | undefined {
  if (value === undefined || value === null) return undefined
  if (isTextList(value) && value.length <= MAX_FALLBACKS) return value
  throw wrong(name, `a list of at most ${MAX_FALLBACKS} model names`)
}

function isTextList(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string' && item !== '')
}

function truth(name: string, value: unknown): boolean | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value === 'boolean') return value
  throw wrong(name, 'true or false')
}

function strictness(value: string | string[] | undefined): boolean | undefined {
  if (value === undefined) return undefined
  if (value === 'strict') return true
  if (value === 'lenient') return false
  throw wrong('x-jetway-fidelity', 'strict or lenient')
}

function wrong(name: string, wanted: string): BadRequestError {
  return new BadRequestError(`${name} must be ${wanted}`, { param: name, code: 'invalid_value' })
}
