import { resolve } from 'node:path'
import { parseArgs } from 'node:util'

export const USAGE = `Usage: npm run chaos -- [options]

Puts a gateway between real clients and the emulator, breaks everything around it, and checks what must hold.

  --seed N        repeats a run's choices (default: the day)
  --calls N       calls in all, over the sets (default: 100000)
  --minutes M     at most so long (default: 30)
  --set NAME      one, workers, replicas or all (default: all)
  --only A,B      only faults whose hop and name hold one of these texts
  --concurrency N calls at once (default: 24)
  --dist FOLDER   the build to test (default: dist)
  --short         the run of CI: one process, about 2 minutes at most
  --json FILE     writes the report as JSON, too`

export const SETS = /** @type {const} */ (['one', 'workers', 'replicas'])

/** @param {readonly string[]} args @param {string} dist */
export function readOptions(args, dist) {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seed: { type: 'string' },
      calls: { type: 'string' },
      minutes: { type: 'string' },
      set: { type: 'string' },
      only: { type: 'string' },
      concurrency: { type: 'string' },
      dist: { type: 'string' },
      short: { type: 'boolean', default: false },
      json: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  const { short } = values
  const set = values.set ?? (short ? 'one' : 'all')
  if (set !== 'all' && !SETS.some((name) => name === set)) {
    throw new RangeError(`--set must be one of ${SETS.join(', ')}, all; not ${set}`)
  }
  return {
    help: values.help,
    short,
    seed: whole('seed', values.seed, Math.floor(Date.now() / 86_400_000)),
    calls: whole('calls', values.calls, short ? 4_000 : 100_000),
    minutes: positive('minutes', values.minutes, short ? 1.6 : 30),
    sets: SETS.filter((name) => set === 'all' || set === name),
    only: (values.only ?? '').split(','),
    concurrency: whole('concurrency', values.concurrency, 24),
    dist: resolve(values.dist ?? dist),
    json: values.json,
  }
}

/** @typedef {ReturnType<typeof readOptions>} Options */

/** @param {string} name @param {string | undefined} text @param {number} usual */
function positive(name, text, usual) {
  const value = text === undefined ? usual : Number(text)
  if (!(value > 0)) throw new RangeError(`--${name} must be a number above 0, not ${text}`)
  return value
}

/** @param {string} name @param {string | undefined} text @param {number} usual */
function whole(name, text, usual) {
  const value = positive(name, text, usual)
  if (!Number.isSafeInteger(value))
    throw new RangeError(`--${name} must be a whole number, not ${text}`)
  return value
}
