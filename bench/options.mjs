/**
 * The command line.
 *
 * @import { Lengths } from './types.ts'
 */

import { parseArgs } from 'node:util'

/** @type {Record<'quick' | 'normal' | 'long', { lengths: Lengths, rounds: number }>} */
export const LENGTHS = {
  quick: {
    rounds: 1,
    lengths: {
      practiceMs: 3000,
      warmUpMs: 1000,
      measureMs: 1500,
      warmUpWaves: 1,
      waves: 1,
      openStreams: 500,
      holdMs: 2000,
      starts: 2,
      versions: 3,
    },
  },
  normal: {
    rounds: 3,
    lengths: {
      practiceMs: 20_000,
      warmUpMs: 2000,
      measureMs: 4000,
      warmUpWaves: 1,
      waves: 3,
      openStreams: 2000,
      holdMs: 4000,
      starts: 5,
      versions: 10,
    },
  },
  long: {
    rounds: 5,
    lengths: {
      practiceMs: 30_000,
      warmUpMs: 3000,
      measureMs: 10_000,
      warmUpWaves: 2,
      waves: 10,
      openStreams: 2000,
      holdMs: 10_000,
      starts: 10,
      versions: 20,
    },
  },
}

/** What CI measures: ratios to nginx, beside Node's own floor, and memory, in about five minutes. */
const CHECK = {
  gateways: ['nginx', 'bare', 'jetway'],
  rows: ['whole', 'large', 'stream', 'translate-chat', 'translate-responses', 'memory'],
  rounds: 3,
  lengths: {
    practiceMs: 15_000,
    warmUpMs: 1500,
    measureMs: 2000,
    warmUpWaves: 1,
    waves: 2,
    openStreams: 2000,
    holdMs: 2000,
    starts: 1,
    versions: 1,
  },
}

const MAX_ROUNDS = 20

export const USAGE = `Usage: npm run bench -- [options]

  --rows a,b        only these rows (names are in bench/rows/index.mjs)
  --gateways a,b    only these gateways (names are in bench/gateways/index.mjs)
  --length L        quick, normal or long (normal)
  --rounds N        how often each row is measured; medians are shown
  --no-install      leave out what is not installed yet
  --write           put the result into docs/performance.md
  --ratchet         lower the budgets in bench/budgets.json to what was reached, and add missing ones
  --check           short; fails when a budget is passed: what CI calls
  --json FILE       every single measurement

Examples:
  npm run bench -- --rows whole,stream --gateways nginx,jetway --length quick
  npm run bench -- --write --ratchet
`

/** @typedef {ReturnType<typeof readOptions>} Options */

/**
 * @param {readonly string[]} args
 * @param {{ rows: readonly string[], gateways: readonly string[] }} known
 */
export function readOptions(args, known) {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rows: { type: 'string' },
      gateways: { type: 'string' },
      length: { type: 'string', default: 'normal' },
      rounds: { type: 'string' },
      'no-install': { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
      ratchet: { type: 'boolean', default: false },
      check: { type: 'boolean', default: false },
      json: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  const length = LENGTHS[/** @type {keyof typeof LENGTHS} */ (values.length)]
  if (length === undefined) {
    throw new RangeError(`--length is ${values.length}; it must be quick, normal or long`)
  }
  if (values.check && (values.write || values.ratchet)) {
    throw new RangeError('--check only reads; leave out --write and --ratchet')
  }
  const preset = values.check ? CHECK : { ...known, ...length }
  const rounds = values.rounds === undefined ? preset.rounds : Number(values.rounds)
  if (!Number.isInteger(rounds) || rounds < 1 || rounds > MAX_ROUNDS) {
    throw new RangeError(`--rounds is ${values.rounds}; it must be between 1 and ${MAX_ROUNDS}`)
  }
  return {
    rows: chosen('--rows', values.rows, known.rows, preset.rows),
    gateways: chosen('--gateways', values.gateways, known.gateways, preset.gateways),
    rounds,
    lengths: preset.lengths,
    install: !values['no-install'],
    write: values.write,
    ratchet: values.ratchet,
    check: values.check,
    help: values.help,
    ...(values.json === undefined ? {} : { json: values.json }),
  }
}

/**
 * @param {string} flag
 * @param {string | undefined} given
 * @param {readonly string[]} known
 * @param {readonly string[]} otherwise
 */
function chosen(flag, given, known, otherwise) {
  if (given === undefined) return [...otherwise]
  const names = given.split(',').map((name) => name.trim())
  const unknown = names.find((name) => !known.includes(name))
  if (unknown !== undefined) {
    throw new RangeError(`${flag} names ${unknown}; known are ${known.join(', ')}`)
  }
  return known.filter((name) => names.includes(name))
}
