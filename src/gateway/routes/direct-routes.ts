import type { GatewayHouse } from '../house.ts'
import { serveCall } from '../call/serve-call.ts'
import type { Listener } from '../http/http-server.ts'
import { DATA_ROUTES } from './data-routes.ts'

/**
 * Calls on a path without parameters, which are nearly all, go straight to their dialect: a lookup by the path, where a
 * router would first make a context of its own for each. Everything else (models in the path, queries, the control plane,
 * what is refused) is the router's.
 */
export function directRoutes(house: GatewayHouse, next: Listener): Listener {
  const dialects = new Map<string, string>()
  for (const { path, withV1, dialect } of DATA_ROUTES) {
    dialects.set(path, dialect)
    if (withV1) dialects.set(`/v1${path}`, dialect)
  }
  return (request, response) => {
    const id = request.method === 'POST' ? dialects.get(request.url ?? '') : undefined
    const dialect = id === undefined ? undefined : house.dialects.get(id)
    if (dialect === undefined) next(request, response)
    else void serveCall(house, dialect, request, response)
  }
}
