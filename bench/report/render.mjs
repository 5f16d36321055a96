/**
 * The whole report, from the figures.
 *
 * @import { Row } from '../types.ts'
 * @import { Summary } from './summary.mjs'
 */

import { YARDSTICK } from './summary.mjs'
import { figure, table } from './table.mjs'
import { TARGETS, verdictOn } from './targets.mjs'

/** @typedef {{ name: string, title: string }} Column */

const NONE = '–'

/**
 * @param {object} options
 * @param {Summary} options.summary
 * @param {readonly Row[]} options.rows
 * @param {readonly Column[]} options.columns the gateways that ran
 * @param {readonly string[]} options.circumstances
 * @param {readonly string[]} options.notes
 */
export function renderReport({ summary, rows, columns, circumstances, notes }) {
  const failures = rows.flatMap((row) =>
    columns.flatMap(({ name, title }) => {
      const failure = summary.failure(row.name, name)
      return failure === undefined
        ? []
        : [`${title} failed in \`${row.name}\`: ${oneLine(failure)}`]
    }),
  )
  const all = [...notes, ...failures]
  return [
    circumstances.map((line) => `- ${line}`).join('\n'),
    section('Targets', targetTable(summary)),
    section(
      'CPU per call or chunk, and how many times nginx that is',
      cpuTable(summary, rows, columns),
    ),
    section('On one core', throughputTable(summary, columns)),
    section('Streams, while they run', streamTable(summary, columns)),
    section('Added at 1,000 calls a second', latencyTable(summary, columns)),
    section('Memory', memoryTable(summary, columns)),
    section('Start', startTable(summary, columns)),
    all.length === 0 ? '' : section('Notes', all.map((line) => `- ${line}`).join('\n')),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
}

/** @param {string} title @param {string} body */
function section(title, body) {
  return body === '' ? '' : `### ${title}\n\n${body}`
}

/** @param {string} text */
function oneLine(text) {
  return text.replaceAll(/\s+/g, ' ').replaceAll('|', '\\|').slice(0, 300)
}

/** @param {Summary} summary */
function targetTable(summary) {
  const lines = TARGETS.map((target) => {
    const reached = target.reached(summary)
    /** @param {number | undefined} value */
    const shown = (value) => (value === undefined ? NONE : `${figure(value)} ${target.unit}`)
    const verdict = verdictOn(target, reached)
    return [
      target.title,
      target.sense,
      shown(target.limit),
      shown(target.goal),
      shown(reached),
      verdict,
    ]
  })
  return table(['target', 'sense', 'limit', 'goal', 'reached', 'kept'], lines)
}

/** @param {Summary} summary @param {readonly Row[]} rows @param {readonly Column[]} columns */
function cpuTable(summary, rows, columns) {
  const lines = rows
    .filter((row) =>
      columns.some(({ name }) => summary.value(row.name, name, 'cpuUs') !== undefined),
    )
    .map((row) => {
      const cells = columns.map(({ name }) => cpuCell(summary, row.name, name))
      return [row.title].concat(cells)
    })
  if (lines.length === 0) return ''
  return table(['µs of CPU', ...columns.map(({ title }) => title)], lines)
}

/** @param {Summary} summary @param {string} row @param {string} gateway */
function cpuCell(summary, row, gateway) {
  const value = summary.value(row, gateway, 'cpuUs')
  if (value === undefined) return summary.failure(row, gateway) === undefined ? NONE : 'failed'
  const ratio = gateway === YARDSTICK ? undefined : summary.ratio(row, gateway, 'cpuUs')
  return ratio === undefined ? figure(value) : `${figure(value)} (${figure(ratio)}×)`
}

/**
 * One line per gateway, one column per figure; gateways without any are left out.
 *
 * @param {readonly Column[]} columns
 * @param {readonly [string, (gateway: string) => number | undefined][]} figures
 */
function perGateway(columns, figures) {
  const lines = columns.flatMap(({ name, title }) => {
    const values = figures.map(([, read]) => read(name))
    if (values.every((value) => value === undefined)) return []
    return [[title, ...values.map((value) => (value === undefined ? NONE : figure(value)))]]
  })
  return lines.length === 0 ? '' : table(['gateway', ...figures.map(([title]) => title)], lines)
}

/** @param {Summary} summary @param {readonly Column[]} columns */
function throughputTable({ value }, columns) {
  return perGateway(columns, [
    ['calls/s', (name) => value('whole', name, 'perSecond')],
    ['p50 ms', (name) => value('whole', name, 'p50')],
    ['p99 ms', (name) => value('whole', name, 'p99')],
    ['300 KB prompts/s', (name) => value('large', name, 'perSecond')],
    ['300 KB p99 ms', (name) => value('large', name, 'p99')],
  ])
}

/** @param {Summary} summary @param {readonly Column[]} columns */
function streamTable({ value }, columns) {
  return perGateway(columns, [
    ['first byte p50 ms', (name) => value('stream', name, 'firstByteP50')],
    ['p99 ms', (name) => value('stream', name, 'firstByteP99')],
    ['gap p50 ms', (name) => value('stream', name, 'gapP50')],
    ['gap p99 ms', (name) => value('stream', name, 'gapP99')],
    ['chunks per read', (name) => value('stream', name, 'eventsPerRead')],
  ])
}

/** @param {Summary} summary @param {readonly Column[]} columns */
function latencyTable({ difference, value }, columns) {
  return perGateway(
    [{ name: 'direct', title: 'direct (whole latency)' }, ...columns],
    /** @type {const} */ (['p50', 'p90', 'p99']).map((key) => [
      `${key} ms`,
      (name) =>
        name === 'direct'
          ? value('latency', name, key)
          : difference('latency', name, key, 'direct'),
    ]),
  )
}

/** @param {Summary} summary @param {readonly Column[]} columns */
function memoryTable({ value }, columns) {
  return perGateway(columns, [
    ['idle MB', (name) => value('memory', name, 'idleMb')],
    ['after whole calls MB', (name) => value('whole', name, 'loadedMb')],
    ['after 300 KB prompts MB', (name) => value('large', name, 'loadedMb')],
    ['KB per open stream', (name) => value('memory', name, 'streamKb')],
    ['all streams open MB', (name) => value('memory', name, 'openMb')],
  ])
}

/** @param {Summary} summary @param {readonly Column[]} columns */
function startTable({ value }, columns) {
  return perGateway(columns, [
    ['ready ms', (name) => value('start-up', name, 'readyMs')],
    ['beyond bare Node ms', (name) => value('start-up', name, 'addedMs')],
    ['--version ms', (name) => value('version', name, 'versionMs')],
    ['beyond bare Node ms', (name) => value('version', name, 'addedMs')],
  ])
}
