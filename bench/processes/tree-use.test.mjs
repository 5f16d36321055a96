import { spawn } from 'node:child_process'
import { once } from 'node:events'

import { expect, test } from 'vitest'

import { createTreeMeter, parseStat, treeOf } from './tree-use.mjs'

test.each([
  ['node', 4242, 1, 100 + 50 + 7 + 3, 999],
  ['a name) with (parentheses', 7, 1, 160, 999],
])('the fields of /proc/PID/stat of «%s»', (name, pid, parent, ticks, residentPages) => {
  const head = `${pid} (${name}) S ${parent} ${pid} ${pid} 0 -1 4194304 10 20 30 40`
  const line = `${head} 100 50 7 3 20 0 11 0 123456 987654321 999 18446744073709551615 1 1`
  expect(parseStat(line)).toEqual({ pid, parent, ticks, residentPages })
})

test('a tree is the root and all that came from it, in whatever order they are listed', () => {
  const all = [
    { pid: 9, parent: 3 },
    { pid: 3, parent: 2 },
    { pid: 2, parent: 1 },
    { pid: 4, parent: 1 },
    { pid: 5, parent: 2 },
  ]
  const pids = treeOf(all, 2).map(({ pid }) => pid)
  expect(pids.toSorted((one, other) => one - other)).toEqual([2, 3, 5, 9])
  expect(treeOf(all, 77)).toEqual([])
})

/** Spends processor time, not time: the machine may have other things to do. */
const BUSY = 'while (process.cpuUsage().user < 200_000);'
const PARENT = `
  const { spawnSync } = require('node:child_process')
  spawnSync(process.execPath, ['-e', ${JSON.stringify(BUSY)}])
  process.stdout.write('done')
  process.stdin.resume()
`

test('the time of a child that has ended is not lost', async () => {
  const weigh = createTreeMeter()
  const child = spawn(process.execPath, ['-e', PARENT], { stdio: ['pipe', 'pipe', 'ignore'] })
  const pid = /** @type {number} */ (child.pid)
  try {
    await once(child.stdout, 'data')
    const { cpuMs, processes, residentBytes } = weigh(pid)
    expect(processes).toBe(1)
    expect(cpuMs).toBeGreaterThan(190)
    expect(residentBytes).toBeGreaterThan(1e6)
  } finally {
    child.kill()
    await once(child, 'exit')
  }
  expect(() => weigh(pid)).toThrow('is gone')
})
