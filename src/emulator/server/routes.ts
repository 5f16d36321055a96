import type { World } from '../world.ts'
import type { Incoming } from './incoming.ts'
import type { Reply } from './reply.ts'
import type { StreamErrorFrame } from '../streams/shape.ts'

/** Which of the original's services a route belongs to; each has headers of its own. */
export type Service = 'login' | 'github' | 'copilot'

export interface Route {
  readonly name: string
  readonly service: Service
  readonly method: string
  readonly path: RegExp
  /** `parts` are the groups of `path`. */
  readonly handle: (world: World, incoming: Incoming, parts: readonly string[]) => Reply
  /** How this wire tells an error in the middle of a stream. */
  readonly errorFrame?: StreamErrorFrame
}

export interface FoundRoute {
  readonly route: Route
  readonly parts: readonly string[]
}

export function findRoute(
  routes: readonly Route[],
  method: string,
  path: string,
): FoundRoute | undefined {
  for (const route of routes) {
    if (route.method !== method) continue
    const match = route.path.exec(path)
    if (match) return { route, parts: match.slice(1).map(decoded) }
  }
  return undefined
}

/** A part that is not well encoded stands for itself, and so for nothing that exists. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
