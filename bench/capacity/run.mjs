/**
 * The capacity page: from measured figures and a simulated day.
 *
 *   node bench/capacity/run.mjs                        prints it
 *   node bench/capacity/run.mjs --write                puts it into docs/capacity.md
 *   node bench/capacity/run.mjs --bench run.json       takes the gateway's figures anew from `npm run bench -- --json run.json`
 *   node bench/capacity/run.mjs --stores stores.json   takes the databases' anew from `node bench/capacity/measure-stores.mjs`
 *   node bench/capacity/run.mjs --assumptions my.json  other numbers than those of assumptions.mjs, by the same names
 */

import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

import { ASSUMPTIONS } from './assumptions.mjs'
import { gatewayFigures } from './figures.mjs'
import { renderCapacity, withCapacity } from './page.mjs'
import { demandOf, simulate } from './simulate.mjs'
import { sizeOf, whatGivesFirst } from './size.mjs'

const HERE = fileURLToPath(new URL('.', import.meta.url))
const FIGURES = path.join(HERE, 'figures.json')
const DOCUMENT = path.join(HERE, '..', '..', 'docs', 'capacity.md')

const { values } = parseArgs({
  options: {
    write: { type: 'boolean', default: false },
    bench: { type: 'string' },
    stores: { type: 'string' },
    assumptions: { type: 'string' },
    seed: { type: 'string', default: '1' },
  },
})

/** @param {string} file */
const readJson = async (file) => JSON.parse(await readFile(file, 'utf8'))

const figures = await readJson(FIGURES)
if (values.bench !== undefined) {
  const run = await readJson(values.bench)
  figures.gateway = gatewayFigures(run)
  figures.gatewayCircumstances = run.circumstances
}
if (values.stores !== undefined) {
  const { circumstances, ...stores } = await readJson(values.stores)
  figures.stores = stores
  figures.storesCircumstances = circumstances
}
if (values.bench !== undefined || values.stores !== undefined) {
  await writeFile(FIGURES, `${JSON.stringify(figures, undefined, 2)}\n`)
}
figures.circumstances = [
  ...figures.gatewayCircumstances.map((/** @type {string} */ line) => `Gateway: ${line}`),
  ...figures.storesCircumstances.map((/** @type {string} */ line) => `Databases: ${line}`),
]

const own = values.assumptions === undefined ? {} : await readJson(values.assumptions)
const assumptions = { ...ASSUMPTIONS, ...own }
const seed = Number(values.seed)
const demand = demandOf(simulate(assumptions, seed))
const size = sizeOf(demand, figures, assumptions)
const first = whatGivesFirst(demand, figures, size)
const content = renderCapacity({ assumptions, figures, demand, size, first, seed })
console.log(content)
if (values.write) {
  await writeFile(DOCUMENT, withCapacity(await readFile(DOCUMENT, 'utf8'), content))
}
