/**
 * The words of the suite.
 *
 * @typedef {object} CallPlan one call, as its place in the run decides it
 * @property {string} id the request id, which is also the nonce in the prompt
 * @property {'chat' | 'messages' | 'responses' | 'gemini' | 'ollama'} wire
 * @property {'raw' | 'sdk'} client
 * @property {string} key whose call it is
 * @property {string} owner the key's name in the ledger
 * @property {string} model
 * @property {boolean} stream
 * @property {string} prompt
 * @property {string} expected
 * @property {number} [abortAfterMs]
 * @property {number} [abortAfterEvents]
 * @property {() => void} abort
 *
 * @typedef {object} Outcome what the client saw
 * @property {'answer' | 'error' | 'broken' | 'damaged' | 'hung' | 'aborted' | 'wrong'} kind
 *   `broken`: the connection ended before the answer; `damaged`: bytes that are no valid answer
 * @property {number} [status]
 * @property {string} [code]
 * @property {string} [message]
 * @property {string} [text]
 * @property {string} [problem]
 * @property {string | readonly string[]} [requestId]
 * @property {Record<string, unknown>} [headers]
 *
 * @typedef {object} CallResult
 * @property {CallPlan} plan
 * @property {Outcome} outcome
 * @property {number} ms
 * @property {number} endedAt on the monotonic clock
 *
 * @typedef {'ok' | 'error' | 'wrong' | 'late' | 'aborted'} Verdict
 */

/** Types only. */
export const TYPES_ONLY = true
