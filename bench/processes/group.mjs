/**
 * A child in a process group of its own, so that it and all it starts can be paused, resumed and
 * ended together, and by number only.
 *
 * @import { ChildProcess } from 'node:child_process'
 */

import { spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'

import { pinned } from './cores.mjs'

const STOP_PATIENCE_MS = 3000
const LOG_TAIL_CHARACTERS = 600

/**
 * @typedef {object} GroupOptions
 * @property {string} file
 * @property {readonly string[]} args
 * @property {Readonly<Record<string, string>>} [env] added to a small base, not to all of ours
 * @property {string} [cwd]
 * @property {string} [cores]
 * @property {string} log where stdout and stderr go
 */

/** @typedef {ReturnType<typeof startGroup>} ProcessGroup */

/** What a child inherits: enough to run, nothing that would lead it to another host or a proxy. */
export function baseEnvironment() {
  const names = ['PATH', 'LANG', 'TZ', 'TMPDIR', 'LD_LIBRARY_PATH']
  const present = names.filter((name) => process.env[name] !== undefined)
  return Object.fromEntries(present.map((name) => [name, process.env[name]]))
}

/** @param {GroupOptions} options */
function startGroup({ file, args, env = {}, cwd, cores, log }) {
  const [command, rest] = pinned(cores, file, args)
  const output = openSync(log, 'w')
  const child = spawn(command, rest, {
    detached: true,
    stdio: ['ignore', output, output],
    env: { ...baseEnvironment(), ...env },
    ...(cwd === undefined ? {} : { cwd }),
  })
  closeSync(output)
  const exited = exitOf(child)

  /** @param {NodeJS.Signals} name */
  function signal(name) {
    if (child.pid === undefined) return
    try {
      process.kill(-child.pid, name)
    } catch {
      // Already gone.
    }
  }

  return {
    exited,

    get pid() {
      if (child.pid === undefined) throw new Error(`could not start ${file}`)
      return child.pid
    },

    /** @returns {string} the end of what it printed */
    said: () => readFileSync(log, 'utf8').slice(-LOG_TAIL_CHARACTERS).trim(),

    pause: () => signal('SIGSTOP'),
    resume: () => signal('SIGCONT'),
    kill: () => signal('SIGKILL'),

    stop: async () => {
      signal('SIGCONT')
      signal('SIGTERM')
      const stopped = await Promise.race([exited, pause(STOP_PATIENCE_MS, 'late')])
      // The leader may be gone while a child of its is not.
      signal('SIGKILL')
      if (stopped === 'late') await exited
    },
  }
}

/** Remembers every group that was started, so that all can be ended with this process. */
export function createNursery() {
  /** @type {Set<ProcessGroup>} */
  const alive = new Set()

  /** @param {ProcessGroup} group */
  async function stop(group) {
    await group.stop()
    alive.delete(group)
  }

  return {
    stop,

    /** @param {GroupOptions} options */
    start: (options) => {
      const group = startGroup(options)
      alive.add(group)
      return group
    },

    killAll: () => {
      for (const group of alive) group.kill()
    },

    stopAll: async () => {
      await Promise.all([...alive].map(stop))
    },
  }
}

/** @param {ChildProcess} child @returns {Promise<string>} how it ended; never rejects */
function exitOf(child) {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message))
    child.once('exit', (code, signal) => resolve(`ended with ${signal ?? code}`))
  })
}
