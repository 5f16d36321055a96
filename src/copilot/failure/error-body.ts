import { asObject, asString, tryParseJson } from '../../core/json.ts'
import type { JsonObject } from '../../core/json.ts'
import { redactTokens } from '../credentials/token-kind.ts'

/** What an error answer says, whatever form it came in. */
export interface ErrorBody {
  /** For people; empty when the answer says nothing. */
  readonly message: string
  /** In lower case, without the suffix some codes carry (`user_global_rate_limited:enterprise`). */
  readonly code: string | undefined
  readonly type: string | undefined
  readonly param: string | undefined
  /** Where a person must go to give permission. */
  readonly authorizeUrl: string | undefined
  /** The innermost error object. */
  readonly fields: JsonObject
}

const MAX_MESSAGE = 1_000

/**
 * Copilot's gateway says `text/plain` also of JSON, so the content type tells nothing: what parses is JSON, what looks like a
 * page is a page, all else is text.
 */
export function readErrorBody(text: string): ErrorBody {
  const trimmed = text.trim()
  const root = asObject(trimmed.startsWith('{') ? tryParseJson(trimmed) : undefined)
  if (!root) return bare(trimmed.startsWith('<') ? titleOf(trimmed) : trimmed)
  return readRoot(root, 0)
}

function readRoot(root: JsonObject, depth: number): ErrorBody {
  // An error event of the Responses wire keeps it one level lower.
  const event = asObject(asObject(root['response'])?.['error'])
  const said = event ?? root['error']
  if (typeof said === 'string') return { ...bare(said), fields: root }
  const fields = asObject(said) ?? root
  const message = asString(fields['message']) ?? ''
  // A vendor's whole answer, as text inside of ours.
  const inner =
    depth < 3 && message.trim().startsWith('{') ? asObject(tryParseJson(message)) : undefined
  const nested = inner && readRoot(inner, depth + 1)
  const code = codeOf(fields['code'])
  return {
    message: nested?.message || clean(message),
    code: code ?? nested?.code,
    type: asString(fields['type']) ?? nested?.type ?? asString(inner?.['status']),
    param: asString(fields['param']) || nested?.param,
    authorizeUrl: asString(fields['authorize_url']) ?? asString(root['authorize_url']),
    fields: nested?.fields ?? fields,
  }
}

function codeOf(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value)
  return asString(value)?.split(':')[0]?.trim().toLowerCase() || undefined
}

function bare(text: string): ErrorBody {
  return {
    message: clean(text),
    code: undefined,
    type: undefined,
    param: undefined,
    authorizeUrl: undefined,
    fields: {},
  }
}

function titleOf(html: string): string {
  return /<(?:title|h1)[^>]*>([^<]{1,200})</i.exec(html)?.[1] ?? ''
}

function clean(text: string): string {
  const whole = redactTokens(text.trim())
  return whole.length > MAX_MESSAGE ? `${whole.slice(0, MAX_MESSAGE)}…` : whole
}
