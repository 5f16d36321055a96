/** @import { CallKind, Route } from '../types.ts' */

/** Where each wire lives below `/v1`, and the upstream's model that speaks it. */
export const WIRES = {
  chat: { path: '/v1/chat/completions', model: 'gpt-4o' },
  responses: { path: '/v1/responses', model: 'gpt-5.4' },
  messages: { path: '/v1/messages', model: 'claude-sonnet-4.5' },
}

/**
 * For what only passes on: the client speaks the upstream's wire, whatever the row asks. That is what
 * a translating gateway is compared to.
 *
 * @param {CallKind} kind
 * @returns {Route}
 */
export function relayedRoute({ wire }) {
  return { dialect: wire, ...WIRES[wire] }
}

/** @param {CallKind} kind @returns {Route} the client's dialect, the upstream wire's model */
export function translatedRoute({ dialect, wire }) {
  return { dialect, path: WIRES[dialect].path, model: WIRES[wire].model }
}
