/**
 * The load generator's process, seen from its parent.
 *
 * @import { Job, JobResult, Wire } from '../types.ts'
 */

import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

import { pinned } from './cores.mjs'

const PROGRAM = fileURLToPath(new URL('../load/main.mjs', import.meta.url))
const MAX_JOB_MS = 180_000

/** @param {string | undefined} cores */
export function startLoad(cores) {
  const [file, args] = pinned(cores, process.execPath, [PROGRAM])
  const child = spawn(file, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })

  /**
   * @template {Job} T
   * @param {T} job
   * @param {Wire} dialect
   * @returns {Promise<Extract<JobResult, { kind: T['kind'] }>>}
   */
  function run(job, dialect) {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        forget()
        // Whatever it is at must not be taken for the answer to the next job.
        child.kill('SIGKILL')
        reject(new Error('the load did not finish in time'))
      }, MAX_JOB_MS)
      function forget() {
        clearTimeout(timer)
        child.off('message', onMessage)
        child.off('exit', onExit)
      }
      /** @param {unknown} message what `load/main.mjs` sends */
      function onMessage(message) {
        forget()
        const { error, result } = /** @type {{ error?: string, result: never }} */ (message)
        if (error === undefined) resolve(result)
        else reject(new Error(error))
      }
      function onExit() {
        forget()
        reject(new Error('the load process ended'))
      }
      child.once('message', onMessage)
      child.once('exit', onExit)
      child.send({ job, dialect })
    })
  }

  return {
    run,
    stop: () => {
      if (child.connected) child.disconnect()
    },
  }
}
