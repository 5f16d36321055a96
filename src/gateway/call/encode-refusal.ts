import type { DialectName } from '../../core/call.ts'
import type { Dialect, EncodedError } from '../../core/dialect.ts'
import { InternalServerError, JetwayError } from '../../core/errors.ts'

/** An error in the words of a dialect, or in OpenAI's when nobody here speaks that one. */
export function encodeRefusal(
  dialects: ReadonlyMap<string, Dialect>,
  name: DialectName,
  error: JetwayError,
  requestId: string,
): EncodedError {
  const dialect = dialectNamed(dialects, name) ?? dialectNamed(dialects, 'chat')
  return dialect ? dialect.encodeError(error, requestId) : plainForm(error)
}

function dialectNamed(
  dialects: ReadonlyMap<string, Dialect>,
  name: DialectName,
): Dialect | undefined {
  const exact = dialects.get(name)
  if (exact) return exact
  for (const dialect of dialects.values()) if (dialect.name === name) return dialect
  return undefined
}

function plainForm(error: JetwayError): EncodedError {
  const { status, message, code, param, name } = error
  return {
    status,
    body: { error: { message, type: name, param: param ?? null, code: code ?? null } },
  }
}

/** Anything thrown as something that can be said; what is unexpected is not shown to the client. */
export function asJetwayError(thrown: unknown): JetwayError {
  if (thrown instanceof JetwayError) return thrown
  return new InternalServerError('the gateway failed; its log says more under this request id', {
    code: 'internal_error',
    cause: thrown,
  })
}
