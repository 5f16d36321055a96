/**
 * The measured and simulated part of docs/capacity.md.
 *
 * @import { Assumptions } from './assumptions.mjs'
 * @import { Figures } from './figures.mjs'
 * @import { Demand } from './simulate.mjs'
 * @import { sizeOf, whatGivesFirst } from './size.mjs'
 */

import { LIMITS } from './size.mjs'

export const BEGIN = '<!-- capacity: begin, written by `node bench/capacity/run.mjs --write` -->'
export const END = '<!-- capacity: end -->'

/** @param {string} document @param {string} content */
export function withCapacity(document, content) {
  const begin = document.indexOf(BEGIN)
  const end = document.indexOf(END)
  if (begin === -1 || end < begin) {
    throw new Error(`the document must hold, in this order: ${BEGIN} and ${END}`)
  }
  return `${document.slice(0, begin + BEGIN.length)}\n\n${content.trim()}\n\n${document.slice(end)}`
}

/** Three places that count: `1,710`, `0.42`. @param {number} value */
export function shown(value) {
  if (value >= 100) return Math.round(value).toLocaleString('en-US')
  return String(Number(value.toPrecision(3)))
}

/**
 * @param {object} result
 * @param {Assumptions} result.assumptions
 * @param {Figures} result.figures
 * @param {Demand} result.demand
 * @param {ReturnType<typeof sizeOf>} result.size
 * @param {ReturnType<typeof whatGivesFirst>} result.first
 * @param {number} result.seed
 */
export function renderCapacity({ assumptions, figures, demand, size, first, seed }) {
  return [
    '### What was measured',
    figures.circumstances.map((line) => `- ${line}`).join('\n'),
    measuredTable(figures),
    '### What one core and one machine carry',
    oneCore(figures),
    `### The day of ${shown(assumptions.developers)} developers, as assumed`,
    assumedTable(assumptions),
    `### What that day asks at its busiest (seed ${seed})`,
    demandTable(demand),
    '### What it takes',
    sizeTable(size),
    '### What gives first',
    firstTable(first),
  ].join('\n\n')
}

/** @param {readonly (readonly string[])[]} rows @param {readonly string[]} head */
function table(head, rows) {
  const line = (/** @type {readonly string[]} */ cells) => `| ${cells.join(' | ')} |`
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n')
}

/** @param {Figures} figures */
function measuredTable({ gateway, stores }) {
  return table(
    ['one', 'costs'],
    [
      ['whole call', `${shown(gateway.wholeCallCpuUs)} µs of CPU`],
      ['whole call with a prompt of 300 KB', `${shown(gateway.largeCallCpuUs)} µs of CPU`],
      [
        'chunk of a stream, with what Copilot’s need mended',
        `${shown(gateway.chunkCpuUs)} µs of CPU`,
      ],
      [
        'call with PostgreSQL and Redis, in addition',
        `${shown(stores.extraCpuUsPerCall)} µs of CPU`,
      ],
      ['idle gateway', `${shown(gateway.idleMb)} MB`],
      ['open stream', `${shown(gateway.streamKb)} KB`],
      [
        'call, in Redis',
        `${shown(stores.redisCommandsPerCall)} commands, ${shown(stores.redisCpuUsPerCall)} µs of its CPU`,
      ],
      [
        'call, in PostgreSQL',
        `${shown(stores.postgresRowsPerCall)} rows written, ${shown(stores.postgresCpuUsPerCall)} µs of its CPU, ${shown(stores.postgresBytesPerCall)} bytes on disk`,
      ],
    ],
  )
}

/** @param {Figures} figures */
function oneCore({ gateway }) {
  const { wholeCallCpuUs, largeCallCpuUs, chunkCpuUs, idleMb, streamKb } = gateway
  const streams = Math.floor(((LIMITS.memoryMb - idleMb) * 1000) / streamKb)
  return table(
    [
      '',
      `one core, full`,
      `one core at ${LIMITS.busy * 100} %`,
      `four workers at ${LIMITS.busy * 100} %`,
    ],
    [
      ['whole calls a second', ...cores(1e6 / wholeCallCpuUs)],
      ['calls of 300 KB a second', ...cores(1e6 / largeCallCpuUs)],
      ['chunks a second', ...cores(1e6 / chunkCpuUs)],
      ['streams of 50 chunks a second', ...cores(1e6 / chunkCpuUs / 50)],
      [
        `open silent streams in ${shown(LIMITS.memoryMb)} MB`,
        shown(streams),
        shown(streams),
        shown(streams * 4),
      ],
    ],
  )
}

/** @param {number} full */
function cores(full) {
  return [full, full * LIMITS.busy, full * LIMITS.busy * 4].map(shown)
}

/** @param {Assumptions} assumptions */
function assumedTable(assumptions) {
  const { offices, sessions } = assumptions
  const percent = (/** @type {number} */ share) => `${shown(share * 100)} %`
  const logNormal = (/** @type {{ median: number, sigma: number }} */ { median, sigma }) =>
    `log-normal, median ${shown(median)}, σ ${sigma}`
  return table(
    ['what', 'how'],
    [
      ['at work that day', percent(assumptions.atWork)],
      [
        'where',
        offices
          .map(
            ({ name, share, utcOffsetHours: offset }) =>
              `${name} ${percent(share)} (UTC${offset < 0 ? '−' : '+'}${Math.abs(offset)})`,
          )
          .join(', '),
      ],
      [
        'sessions a day',
        `1 + Poisson(${assumptions.furtherSessions}), beginning by local hour in the shares ${assumptions.startsByHour.join(' ')}`,
      ],
      ...sessions.flatMap((kind) => [
        [`${kind.name}: share of sessions`, percent(kind.share)],
        [
          `${kind.name}: calls in a session`,
          `${logNormal(kind.calls)}, at most ${shown(assumptions.longestSessionCalls)}`,
        ],
        [
          `${kind.name}: pause between an answer and the next call, seconds`,
          logNormal(kind.gapSeconds),
        ],
        [
          `${kind.name}: length of an answer, seconds`,
          `${logNormal(kind.streamSeconds)}, at most ${assumptions.longestStreamSeconds}`,
        ],
        [`${kind.name}: calls with a prompt of 300 KB`, percent(kind.largePrompt)],
      ]),
      ['not streamed', percent(assumptions.wholeShare)],
      [
        'chunks',
        `the first after ${assumptions.firstChunkSeconds} s, then ${assumptions.chunksPerSecond} a second`,
      ],
      ['a Copilot token serves', `${shown(assumptions.tokenSeconds / 60)} minutes`],
      ['connections kept open in a session', shown(assumptions.clientConnections)],
    ],
  )
}

/** @param {Demand} demand */
function demandTable(demand) {
  /** @param {{ minute: number, second: number }} peaks */
  const both = ({ minute, second }) => [shown(minute), shown(second)]
  return [
    `${shown(demand.atWork)} developers at work, ${shown(demand.sessions)} sessions, ${shown(demand.calls)} calls, ${shown(demand.meanStreamSeconds)} seconds each on average.`,
    table(
      ['', 'busiest minute', 'busiest second'],
      [
        ['calls a second', ...both(demand.callsPerSecond)],
        ['… of them with 300 KB', ...both(demand.largePerSecond)],
        ['chunks a second', ...both(demand.chunksPerSecond)],
        ['open calls', ...both(demand.openCalls)],
        ['sessions', ...both(demand.openSessions)],
        ['seats whose token is in use', ...both(demand.activeSeats)],
        ['tokens exchanged a second', ...both(demand.tokensPerSecond)],
      ],
    ),
  ].join('\n\n')
}

/** @param {ReturnType<typeof sizeOf>} size */
function sizeTable(size) {
  const [decides] = Object.entries(size.needed).sort(([, a], [, b]) => b - a)
  const reason = decides?.[0]
  return table(
    ['what', 'how much'],
    [
      ['gateway, CPU', `${shown(size.cores)} cores busy`],
      [
        'replicas of one core',
        `${size.atPeak} at the peak (${reason} decides; each core ${LIMITS.busy * 100} % busy at most), **${size.replicas}** with one of ${LIMITS.zones} zones away`,
      ],
      ['open calls in one replica', `${shown(size.openPerReplica)} (with all zones there)`],
      ['memory of one replica', `${shown(size.memoryPerReplicaMb)} MB`],
      [
        'connections',
        `${shown(size.inboundConnections)} from developers, ${shown(size.upstreamConnections)} to GitHub`,
      ],
      [
        'Redis',
        `${shown(size.redis.commandsPerSecond)} commands a second, ${shown(size.redis.cores)} cores`,
      ],
      [
        'PostgreSQL',
        `${shown(size.postgres.rowsPerSecond)} rows a second, ${shown(size.postgres.cores)} cores, up to ${size.postgres.connections} connections, ${shown(size.postgres.gigabytesPerMonth)} GB a month of 21 working days`,
      ],
    ],
  )
}

/** @param {ReturnType<typeof whatGivesFirst>} first */
function firstTable(first) {
  return table(
    ['developers', 'fill', 'of'],
    first.map(({ developers, what, of }) => [shown(developers), what, of]),
  )
}
