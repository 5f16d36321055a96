import { BadRequestError } from '../../core/errors.ts'
import { decodeLeniently } from './router.ts'

const PLAIN_HOST = /^[a-z0-9._-]+(?::\d{1,4})?$/
/** Nothing to decode, no `.` or `..` to resolve, nothing that does not belong into a path. */
const PLAIN_PATH =
  /^\/(?!\.{1,2}(?:\/|$))(?:[!$&'()*+,\-.0-9:;=@A-Z[\]_a-z~]|\/(?!\.{1,2}(?:\/|$)))*$/

/**
 * The path that routes are matched on: without query, escapes of letters decoded, those of slashes and percent signs not, so that
 * a parameter's own slash does not divide it. Throws for a host or a target that no address can be made of.
 */
export function pathOf(target: string, host = 'localhost'): string {
  const [path = ''] = target.split(/[?#]/, 1)
  const isAbsolute = /^https?:\/\//.test(path)
  if (!isAbsolute) requireHost(host)
  if (PLAIN_PATH.test(path)) return path
  if ((!isAbsolute && !path.startsWith('/')) || path.includes('\\')) throw unreadable()
  const url = urlOf(isAbsolute ? path : `http://localhost${path}`)
  return decodeLeniently(url.pathname, (text) => decodeURI(text.replaceAll('%25', '%2525')))
}

/** https://www.rfc-editor.org/rfc/rfc9112#section-3.2: one that is not valid is answered with 400. */
function requireHost(host: string): void {
  if (PLAIN_HOST.test(host)) return
  const { hostname } = urlOf(`http://${host}`)
  if (hostname.length === host.length) return
  if (hostname !== host.replace(/:\d+$/, '').toLowerCase()) throw unreadable()
}

function urlOf(text: string): URL {
  try {
    return new URL(text)
  } catch (cause) {
    throw unreadable(cause)
  }
}

function unreadable(cause?: unknown): BadRequestError {
  return new BadRequestError('the request cannot be read', { cause })
}
