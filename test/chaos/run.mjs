/**
 * The fault suite: a gateway between real clients and the emulator, with everything around it broken on purpose.
 *
 *   npm run chaos -- --help
 *
 * @import { SetReport } from './run-set.mjs'
 * @import { SetInput } from './sets/set.mjs'
 */
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { readOptions, USAGE } from './options.mjs'
import { renderTable, renderVerdict } from './report.mjs'
import { runOne } from './sets/one.mjs'
import { runReplicas } from './sets/replicas.mjs'
import { runWorkers } from './sets/workers.mjs'

const DIST = fileURLToPath(new URL('../../dist', import.meta.url))
const USAGE_ERROR = 2

/** @param {string} line */
function say(line) {
  process.stderr.write(`${line}\n`)
}

/** @type {Record<string, (input: SetInput) => Promise<SetReport>>} */
const RUN = { one: runOne, workers: runWorkers, replicas: runReplicas }

async function main() {
  const options = readOptions(process.argv.slice(2), DIST)
  if (options.help) {
    console.log(USAGE)
    return
  }
  const { seed, sets, only, dist, concurrency, short } = options
  /** @type {SetReport[]} */
  const reports = []
  for (const name of sets) {
    const run = RUN[name]
    const report = await run({
      dist,
      seed,
      concurrency,
      short,
      calls: Math.ceil(options.calls / sets.length),
      maxMs: (options.minutes * 60_000) / sets.length,
      say,
      choose: (phases) =>
        phases.filter(({ name, hop }) => only.some((text) => `${hop} ${name}`.includes(text))),
    })
    reports.push(report)
  }
  const repeat = `npm run chaos -- --seed ${seed} ${process.argv
    .slice(2)
    .filter((word, at, all) => word !== '--seed' && all[at - 1] !== '--seed')
    .join(' ')}`
  console.log(renderTable(reports))
  console.log(`\n${renderVerdict(reports, repeat.trim())}`)
  if (options.json !== undefined)
    writeFileSync(options.json, JSON.stringify({ seed, reports }, undefined, 2))
  if (reports.some(({ violations }) => violations.length > 0)) process.exitCode = 1
}

// Ending by the usual signals still ends what was started: `exit` runs then.
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
  process.once(signal, () => process.exit(1))
}

try {
  await main()
  // At once: Node 20 may spin for ever over what is left of sockets that were reset.
  process.exit()
} catch (error) {
  if (error instanceof RangeError || (error instanceof TypeError && 'code' in error)) {
    say(error.message)
    process.exitCode = USAGE_ERROR
  } else {
    say(error instanceof Error ? (error.stack ?? error.message) : String(error))
    // What was started before the failure would keep this process.
    process.exit(1)
  }
}
