import type { WholeReply } from '../server/reply.ts'

/** The gateway answers its errors as `text/plain` with a closing newline, also where the body is JSON. */
const ERROR_TYPE = 'text/plain; charset=utf-8'

export type Headers = Readonly<Record<string, string>>

export function errorText(status: number, text: string, headers: Headers = {}): WholeReply {
  return {
    kind: 'whole',
    status,
    headers: { 'content-type': ERROR_TYPE, ...headers },
    body: `${text}\n`,
  }
}

export function errorJson(status: number, body: unknown, headers: Headers = {}): WholeReply {
  return errorText(status, JSON.stringify(body), headers)
}

/** The OpenAI form as Copilot sends it: often without `type` and `param`. */
export function codedError(
  status: number,
  code: string | number,
  message: string,
  more: Readonly<Record<string, unknown>> = {},
  headers: Headers = {},
): WholeReply {
  return errorJson(status, { error: { message, code, ...more } }, headers)
}

export function anthropicError(
  status: number,
  type: string,
  message: string,
  headers: Headers = {},
): WholeReply {
  return errorJson(status, { type: 'error', error: { type, message } }, headers)
}

/** GitHub's REST form, which is JSON and says so. */
export function githubError(status: number, message: string): WholeReply {
  return {
    kind: 'whole',
    status,
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify({
      message,
      documentation_url: 'https://docs.github.com/rest',
      status: String(status),
    }),
  }
}
