/**
 * The processes of one run: upstream, load and gateways, each on its core, and all of them ended
 * with it.
 *
 * @import { Bench, Gateway, Lengths, Pace, Prepared, Running } from './types.ts'
 * @import { Cores } from './processes/cores.mjs'
 */

import { spawn } from 'node:child_process'
import { mkdir, readFile, rm } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

import { relayedRoute } from './gateways/wires.mjs'
import { pinned } from './processes/cores.mjs'
import { baseEnvironment, createNursery } from './processes/group.mjs'
import { startLoad } from './processes/load-process.mjs'
import { freePort } from './processes/ports.mjs'
import { acceptsConnections, waitUntilReady } from './processes/ready.mjs'
import { createTreeMeter } from './processes/tree-use.mjs'

const UPSTREAM = fileURLToPath(new URL('upstream/main.mjs', import.meta.url))
const START_TIMEOUT_MS = 20_000
const UPSTREAM_PATIENCE_MS = 5000
const UPSTREAM_POLL_MS = 10
const START_POLL_MS = 1

/** @typedef {Awaited<ReturnType<typeof openSession>>} Session */

/**
 * @param {object} options
 * @param {string} options.folder where logs and the gateways' own files go; emptied first
 * @param {Cores | undefined} options.cores
 * @param {Lengths} options.lengths
 */
export async function openSession({ folder, cores, lengths }) {
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  const nursery = createNursery()
  const killAll = () => nursery.killAll()
  process.once('exit', killAll)

  const upstreamLog = path.join(folder, 'upstream.log')
  const upstream = nursery.start({
    file: process.execPath,
    args: [UPSTREAM],
    log: upstreamLog,
    ...(cores === undefined ? {} : { cores: cores.rest }),
  })
  const upstreamPort = await announcedPort(upstreamLog, upstream.exited)
  const upstreamUrl = `http://127.0.0.1:${upstreamPort}`
  const load = startLoad(cores?.rest)
  const weigh = createTreeMeter()
  const onGatewayCore = cores === undefined ? {} : { cores: cores.gateway }

  /** @type {Map<string, { gateway: Gateway, prepared: Prepared }>} */
  const available = new Map()
  let starts = 0

  /** @param {Gateway} gateway @param {Prepared} prepared */
  async function spawnGateway(gateway, prepared) {
    starts += 1
    const place = {
      port: await freePort(),
      upstreamPort,
      folder: path.join(folder, `${gateway.name}-${starts}`),
    }
    await mkdir(place.folder)
    const log = path.join(folder, `${gateway.name}-${starts}.log`)
    const command = await prepared.command(place)
    const startedAt = performance.now()
    const group = nursery.start({ ...command, cwd: place.folder, log, ...onGatewayCore })
    return { place, group, startedAt }
  }

  /** @param {Gateway} gateway @param {Prepared} prepared */
  async function startGateway(gateway, prepared) {
    const { place, group } = await spawnGateway(gateway, prepared)
    await waitUntilReady({
      url: `http://127.0.0.1:${place.port}${gateway.readyPath}`,
      timeoutMs: gateway.startTimeoutMs ?? START_TIMEOUT_MS,
      exited: group.exited,
      said: group.said,
    })
    const { headers, notes } = await gateway.greet(place)
    /** @type {Running} */
    const running = {
      name: gateway.name,
      port: place.port,
      headers,
      weigh: group.pid,
      route: gateway.route,
    }
    return { group, running, notes }
  }

  /** @param {string} name */
  function found(name) {
    const entry = available.get(name)
    if (entry === undefined) throw new Error(`${name} was not started`)
    return entry
  }

  /** @type {Bench} */
  const bench = {
    lengths,
    load: (job, dialect) => load.run(job, dialect),
    weigh,

    async answered() {
      const response = await fetch(`${upstreamUrl}/bench/counts`)
      const counts = /** @type {{ whole: number, streamed: number }} */ (await response.json())
      return counts.whole + counts.streamed
    },

    async fresh(name, use) {
      const { gateway, prepared } = found(name)
      const { group, running } = await startGateway(gateway, prepared)
      try {
        return await use(running)
      } finally {
        await nursery.stop(group)
      }
    },

    async timeStart(name) {
      const { gateway, prepared } = found(name)
      const { group, place, startedAt } = await spawnGateway(gateway, prepared)
      const deadline = startedAt + (gateway.startTimeoutMs ?? START_TIMEOUT_MS)
      try {
        while (performance.now() < deadline) {
          const isReady =
            gateway.readyLine === undefined
              ? await acceptsConnections(place.port)
              : gateway.readyLine.test(group.said())
          if (isReady) return performance.now() - startedAt
          await pause(START_POLL_MS)
        }
        throw new Error(`not ready in time: ${group.said()}`)
      } finally {
        await nursery.stop(group)
      }
    },

    timeProgram: (file, args) => timeProgram(file, args, cores?.gateway),
  }

  return {
    bench,
    upstreamPort,

    /** The upstream itself, for calls with nothing between. @type {Running} */
    direct: { name: 'direct', port: upstreamPort, headers: {}, route: relayedRoute },

    /** @param {Gateway} gateway @param {Prepared} prepared */
    async add(gateway, prepared) {
      const started = await startGateway(gateway, prepared)
      available.set(gateway.name, { gateway, prepared })
      started.group.pause()
      return started
    },

    /** @param {Pace} pace */
    async setPace(pace) {
      const { chunks, everyMs, flavour } = pace
      const query = new URLSearchParams({
        chunks: String(chunks),
        everyMs: String(everyMs),
        flavour,
      })
      const response = await fetch(`${upstreamUrl}/bench/pace?${query.toString()}`, {
        method: 'PUT',
      })
      if (!response.ok) throw new Error(`the upstream refused the pace ${query.toString()}`)
    },

    async close() {
      load.stop()
      await nursery.stopAll()
      process.off('exit', killAll)
    },
  }
}

/** @param {string} log @param {Promise<string>} exited @returns {Promise<number>} */
async function announcedPort(log, exited) {
  const deadline = performance.now() + UPSTREAM_PATIENCE_MS
  while (performance.now() < deadline) {
    const text = await readFile(log, 'utf8')
    if (text.endsWith('\n')) return /** @type {{ port: number }} */ (JSON.parse(text)).port
    const ended = await Promise.race([exited, pause(UPSTREAM_POLL_MS, undefined)])
    if (ended !== undefined) throw new Error(`the bench upstream ${ended}: ${text}`)
  }
  throw new Error('the bench upstream did not start in time')
}

/**
 * @param {string} file
 * @param {readonly string[]} args
 * @param {string | undefined} cores
 * @returns {Promise<number>}
 */
function timeProgram(file, args, cores) {
  const [command, rest] = pinned(cores, file, args)
  return new Promise((resolve, reject) => {
    const startedAt = performance.now()
    const child = spawn(command, rest, { stdio: 'ignore', env: baseEnvironment() })
    child.once('error', reject)
    child.once('exit', (code) => {
      if (code === 0) resolve(performance.now() - startedAt)
      else reject(new Error(`${file} ${args.join(' ')} ended with ${code}`))
    })
  })
}
