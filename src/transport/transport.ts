import type { Dispatcher } from 'undici'
import type { HttpClient } from '../core/http.ts'
import { createAgent } from './agent.ts'
import type { AgentOptions } from './agent.ts'
import { ExchangeRun } from './exchange.ts'
import type { Exchange, ExchangeHandler, ExchangeRequest } from './exchange.ts'
import { requestWhole } from './whole-exchange.ts'

/**
 * Sockets: the engine's path to upstreams and the control planes' bounded exchanges, over one set of keep-alive
 * pools, one per origin.
 */
export interface Transport extends HttpClient {
  /** Sends a request whose answer arrives at `handler` as it comes. Never throws; a failure to send is an `onError` too. */
  dispatch(request: ExchangeRequest, handler: ExchangeHandler): Exchange
  /** Ends idle connections at once and the others when their exchanges are over. */
  close(): Promise<void>
  /** Ends every connection now. */
  destroy(): Promise<void>
}

export interface TransportOptions extends AgentOptions {}

export function createTransport(options: TransportOptions = {}): Transport {
  const agent: Dispatcher = createAgent(options)
  const dispatch = (request: ExchangeRequest, handler: ExchangeHandler): Exchange => {
    const run = new ExchangeRun(request.origin, handler)
    agent.dispatch(
      {
        origin: request.origin,
        path: request.path,
        method: request.method,
        headers: flatHeaders(request),
        body: request.body ?? null,
        // The engine has its own clocks for these, per call; undici's are coarse and per connection.
        headersTimeout: 0,
        bodyTimeout: 0,
      },
      run,
    )
    return run
  }
  return {
    dispatch,
    request: (request) => requestWhole(dispatch, request),
    close: () => agent.close(),
    destroy: () => agent.destroy(),
  }
}

/** Names and values alternating: undici takes them as they are, and no merged object is made for each call. */
function flatHeaders({ headers, authorization }: ExchangeRequest): string[] {
  const flat: string[] = []
  for (const name in headers) flat.push(name, headers[name] ?? '')
  if (authorization !== undefined) {
    for (const name in authorization) flat.push(name, authorization[name] ?? '')
  }
  return flat
}
