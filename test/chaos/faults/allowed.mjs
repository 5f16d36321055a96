/**
 * Which ends of a call are right while a fault is on. What is not named here is wrong.
 *
 * @typedef {object} Allowed
 * @property {readonly number[]} [statuses] of an error before the first byte
 * @property {boolean} [inStream] an error event after it
 * @property {boolean} [broken] the client's own connection may break
 * @property {boolean} [damaged] and bring what is no valid answer
 * @property {boolean} [abort] the client goes away by itself
 * @property {readonly string[]} [codes] further errors, by code and whatever their status
 */

/** Nothing may fail. @type {Allowed} */
export const NOTHING = {}

/** The upstream is broken, silent or away, before or within its answer. @type {Allowed} */
export const UPSTREAM = {
  statuses: [500, 502, 503, 504, 529],
  inStream: true,
  codes: ['no_deployment_available'],
}

/** @type {Allowed} */
export const UPSTREAM_DAMAGED = { ...UPSTREAM, damaged: true }

/** By the form of each dialect: Gemini and Messages name the kind, Ollama says nothing but the text. */
export const STORE_AWAY = ['store_unavailable']

/** The client's own network. @type {Allowed} */
export const CLIENT = { broken: true }

/** @param {...Allowed} parts @returns {Allowed} */
export function either(...parts) {
  return {
    statuses: parts.flatMap(({ statuses = [] }) => statuses),
    codes: parts.flatMap(({ codes = [] }) => codes),
    inStream: parts.some(({ inStream }) => inStream),
    broken: parts.some(({ broken }) => broken),
    damaged: parts.some(({ damaged }) => damaged),
    abort: parts.some(({ abort }) => abort),
  }
}
