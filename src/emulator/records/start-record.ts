import type { World } from '../world.ts'
import { githubRequestId } from '../server/service-headers.ts'
import type { RecordedRequest } from './recorded-request.ts'

export interface RecordStart {
  readonly method: string
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly rawHeaders: readonly string[]
  readonly route: string
}

/** The record of a request whose head has arrived. */
export function startRecord(world: World, start: RecordStart): RecordedRequest {
  return {
    id: githubRequestId(world),
    at: world.clock.now(),
    method: start.method,
    path: start.url.pathname,
    query: Object.fromEntries(start.url.searchParams),
    headers: { ...start.headers },
    rawHeaders: [...start.rawHeaders],
    body: undefined,
    bodyBytes: 0,
    route: start.route,
    login: undefined,
    credential: undefined,
    model: undefined,
    stream: false,
    initiator: start.headers['x-initiator'],
    gate: 'passed',
    fault: undefined,
    status: undefined,
    outcome: 'open',
    events: 0,
    premiumNano: 0,
    nanoAiu: 0,
    usage: undefined,
    remarks: [],
  }
}
