/**
 * What the package weighs: its size as npm packs it, and what importing the SDK takes against importing the `openai` package
 * in the same run, on a fresh process each.
 *
 *   node bench/package.mjs            prints the figures
 *   node bench/package.mjs --check    fails when one is above its budget in bench/budgets.json by more than the margin
 */

import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'

const ROOT = new URL('..', import.meta.url)
const ROUNDS = 15

/** @returns {{ size: number, entryCount: number }} */
function packed() {
  const args = ['pack', '--dry-run', '--json', '--ignore-scripts']
  const text = execFileSync('npm', args, {
    cwd: fileURLToPath(ROOT),
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const [about] = /** @type {{ size: number, entryCount: number }[]} */ (
    JSON.parse(text.toString())
  )
  if (about === undefined) throw new Error('npm pack said nothing')
  return about
}

/** The median of fresh processes, in milliseconds. @param {string} specifier */
function importMs(specifier) {
  const program = `const t = performance.now(); await import(${JSON.stringify(specifier)}); console.log(performance.now() - t)`
  const args = ['--input-type=module', '-e', program]
  const times = Array.from({ length: ROUNDS }, () =>
    Number(execFileSync(process.execPath, args, { cwd: fileURLToPath(ROOT) }).toString()),
  )
  return times.toSorted((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? Number.NaN
}

const { size, entryCount } = packed()
const ours = importMs(pathToFileURL(fileURLToPath(new URL('dist/index.js', ROOT))).href)
const theirs = importMs('openai')
/** @type {Record<string, number>} */
const figures = {
  'package/packed-mb': Number((size / 1e6).toFixed(2)),
  'package/files': entryCount,
  'package/import-against-openai': Number((ours / theirs).toFixed(2)),
}
console.log(`import('jetway') ${ours.toFixed(0)} ms, import('openai') ${theirs.toFixed(0)} ms`)
console.table(figures)

if (process.argv.includes('--check')) {
  const { margin, budgets } = /** @type {{ margin: number, budgets: Record<string, number> }} */ (
    JSON.parse(readFileSync(new URL('budgets.json', import.meta.url), 'utf8'))
  )
  for (const [name, reached] of Object.entries(figures)) {
    const budget = budgets[name]
    if (budget !== undefined && reached <= budget * (1 + margin)) continue
    console.error(`${name} is ${reached}; its budget is ${budget ?? 'missing'}`)
    process.exitCode = 1
  }
}
