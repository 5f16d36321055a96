import { asObject, asString, isJsonObject, tryParseJson } from '../core/json.ts'
import type { JsonObject, JsonValue } from '../core/json.ts'

export interface ErrorBody {
  readonly message: string
  readonly code: string | undefined
  readonly param: string | undefined
  /** The class that LiteLLM names: `litellm.RateLimitError: …`. */
  readonly className: string | undefined
}

/** Longer texts are cut: they come from afar, and go into logs. */
const MAX_MESSAGE = 2000

/** OpenAI's, Anthropic's and FastAPI's forms, a bare text, or none at all. */
export function readErrorBody(body: string, status: number): ErrorBody {
  const parsed = tryParseJson(body)
  const root = isJsonObject(parsed) ? parsed : undefined
  const error = asObject(root?.['error']) ?? root
  const text = firstText(error, root, body) ?? `the upstream answered with status ${status}`
  const { className, message } = splitClass(text)
  return {
    message: redact(message).slice(0, MAX_MESSAGE),
    code: codeOf(error),
    param: asString(error?.['param']),
    className,
  }
}

function firstText(
  error: JsonObject | undefined,
  root: JsonObject | undefined,
  body: string,
): string | undefined {
  const found =
    asString(error?.['message']) ?? asString(root?.['error']) ?? textOf(root?.['detail'])
  if (found !== undefined && found !== '') return found
  if (root !== undefined) return undefined
  // A page for people is no message.
  const text = body.trim()
  return text === '' || text.startsWith('<') ? undefined : text
}

function textOf(value: JsonValue | undefined): string | undefined {
  return (
    asString(value) ?? (value === undefined || value === null ? undefined : JSON.stringify(value))
  )
}

/** A status repeated as code (`"429"`, LiteLLM) says nothing new. */
function codeOf(error: JsonObject | undefined): string | undefined {
  const code = error?.['code']
  const type = asString(error?.['type'])
  const word = typeof code === 'string' && !/^\d*$/.test(code) ? code : type
  return word === '' || word === 'None' || word === 'error' ? undefined : word
}

function splitClass(text: string): {
  readonly className: string | undefined
  readonly message: string
} {
  const match = /^(?:litellm\.)(\w+): (?:\1: )?/.exec(text)
  if (match === null) return { className: undefined, message: text }
  return { className: match[1], message: text.slice(match[0].length) }
}

/** Gateways like to quote the key that they refuse. */
function redact(text: string): string {
  return text.replace(/\b(sk-|gh[opsu]_|github_pat_|tid=)[^\s"',]{4,}/g, '$1…')
}
