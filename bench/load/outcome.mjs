/** Counts what went wrong and remembers the first of it, which is the one worth reading. */
export function createFailures() {
  let count = 0
  /** @type {string | undefined} */
  let first

  return {
    get count() {
      return count
    },

    /** @param {string} failure */
    add(failure) {
      count += 1
      first ??= failure
    },

    clear() {
      count = 0
      first = undefined
    },

    report() {
      return { failed: count, ...(first === undefined ? {} : { firstFailure: first }) }
    },
  }
}

/**
 * Reads the gateway's CPU at the start of what is measured, and says at the end what was used.
 *
 * @param {number | undefined} root
 * @param {(root: number) => import('../types.ts').TreeUse} weigh
 */
export function startMeter(root, weigh) {
  const startedAt = performance.now()
  const before = root === undefined ? undefined : weigh(root)

  return {
    stop() {
      const elapsedMs = performance.now() - startedAt
      if (root === undefined || before === undefined) return { elapsedMs }
      const after = weigh(root)
      const cpuMs = after.cpuMs - before.cpuMs
      return { elapsedMs, cpuMs, residentBytes: after.residentBytes }
    },
  }
}
