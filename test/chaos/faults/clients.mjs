/**
 * What clients do: go away, at any moment.
 *
 * @import { Phase } from './phase.mjs'
 */

/** @returns {readonly Phase[]} */
export function clientPhases() {
  return [
    {
      name: 'client aborts',
      hop: 'client',
      allowed: { abort: true },
      aborts: 0.6,
      begin: () => Promise.resolve(),
      end: () => Promise.resolve(),
    },
  ]
}
