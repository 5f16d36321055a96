/**
 * @import { Phase } from '../faults/phase.mjs'
 *
 * @typedef {object} SetInput
 * @property {string} dist
 * @property {number} seed
 * @property {number} calls
 * @property {number} maxMs
 * @property {number} concurrency
 * @property {boolean} short
 * @property {(line: string) => void} say
 * @property {(phases: readonly Phase[]) => readonly Phase[]} choose
 */

/** Types only. */
export const TYPES_ONLY = true
