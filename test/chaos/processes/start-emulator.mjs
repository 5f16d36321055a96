/** @import { ChildProcess } from 'node:child_process' */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const PROGRAM = fileURLToPath(new URL('emulator-process.mjs', import.meta.url))

/** @param {{ readonly module: string, readonly options?: Record<string, unknown> }} options */
export async function startEmulator({ module, options = {} }) {
  const child = fork(PROGRAM, [module, JSON.stringify(options)], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const { url, port, token } = await message(child)
  return {
    url: /** @type {string} */ (url),
    port: /** @type {number} */ (port),
    token: /** @type {string} */ (token),
    /** @param {string} name @param {unknown} [argument] */
    async control(name, argument) {
      const response = await fetch(`${url}/_emulator/${name}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(argument ?? null),
      })
      const answer = /** @type {{ result?: any, error?: string }} */ (await response.json())
      if (answer.error !== undefined) throw new Error(`emulator ${name}: ${answer.error}`)
      return answer.result
    },
    /** What came in since the last time; waits until nothing is under way. @param {number} timeoutMs */
    async collect(timeoutMs) {
      const until = performance.now() + timeoutMs
      for (;;) {
        child.send('collect')
        const { open, seen } = await message(child)
        if (open === 0 || performance.now() > until) {
          return {
            open: /** @type {number} */ (open),
            seen: /** @type {[string, string, number][]} */ (seen),
          }
        }
        await new Promise((resolve) => setTimeout(resolve, 100))
      }
    },
    async stop() {
      if (child.exitCode !== null) return
      const gone = once(child, 'exit')
      child.disconnect()
      await gone
    },
  }
}

/** @typedef {Awaited<ReturnType<typeof startEmulator>>} EmulatorProcess */

/** @param {ChildProcess} child @returns {Promise<any>} */
function message(child) {
  return new Promise((resolve, reject) => {
    const gone = () => reject(new Error('the emulator ended'))
    child.once('exit', gone)
    child.once('message', (value) => {
      child.off('exit', gone)
      resolve(value)
    })
  })
}
