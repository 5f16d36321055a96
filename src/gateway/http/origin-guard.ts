import type { IncomingMessage, ServerResponse } from 'node:http'
import { PermissionDeniedError } from '../../core/errors.ts'

export interface OriginGuard {
  /** `true`: the request was a pre-flight and is answered. Throws for a page that may not call. */
  check(request: IncomingMessage, response: ServerResponse): boolean
}

const ALLOWED_METHODS = 'GET, POST, DELETE, OPTIONS'

/**
 * Which web pages may call. By default none but the gateway's own: an open gateway answers whoever reaches it, and every page
 * in its owner's browser can, if only without reading the answer, since a plain POST needs no pre-flight. With a key no page
 * gets far, as it would have to know the key.
 */
export function createOriginGuard(allowed: readonly string[], open: boolean): OriginGuard {
  const origins = new Set(allowed)
  const any = origins.has('*')
  return {
    check(request, response) {
      const { origin } = request.headers
      if (origin === undefined) return false
      if (any || origins.has(origin)) {
        allow(response, any ? '*' : origin)
        if (request.method !== 'OPTIONS') return false
        preflight(request, response)
        return true
      }
      if (open && !isSameOrigin(origin, request.headers.host)) {
        throw new PermissionDeniedError(
          'web pages may not call this gateway; if this one should, add its origin to jetway.allowed_origins',
          { code: 'origin_not_allowed' },
        )
      }
      return false
    },
  }
}

function allow(response: ServerResponse, origin: string): void {
  response.setHeader('access-control-allow-origin', origin)
  response.setHeader('access-control-expose-headers', '*')
  if (origin !== '*') response.setHeader('vary', 'origin')
}

function preflight(request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(204, {
    'access-control-allow-methods': ALLOWED_METHODS,
    'access-control-allow-headers':
      request.headers['access-control-request-headers'] ?? 'authorization, content-type',
    'access-control-max-age': '600',
  })
  response.end()
}

function isSameOrigin(origin: string, host: string | undefined): boolean {
  return URL.canParse(origin) && new URL(origin).host === host?.toLowerCase()
}
