import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { systemClock } from '../../core/clock.ts'
import { createWorld } from '../__fixtures__/world.ts'
import { withFileLock } from './lock.ts'

let folder: string
let path: string
const options = { clock: systemClock, random: Math.random, waitMs: 2_000 }

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jetway-lock-'))
  path = join(folder, 'api-key.json.lock')
})
afterEach(async () => {
  await rm(folder, { recursive: true, force: true })
})

describe('a file lock', () => {
  test('lets one in at a time, and leaves nothing', async () => {
    let inside = 0
    let most = 0
    await Promise.all(
      Array.from({ length: 8 }, () =>
        withFileLock(path, options, async () => {
          inside += 1
          most = Math.max(most, inside)
          await readdir(folder)
          inside -= 1
        }),
      ),
    )
    expect(most).toBe(1)
    expect(await readdir(folder)).toEqual([])
  })

  test('is given back when the work fails', async () => {
    await expect(
      withFileLock(path, options, () => Promise.reject(new Error('no'))),
    ).rejects.toThrow('no')
    expect(await readdir(folder)).toEqual([])
  })

  test('of a process that died is taken over', async () => {
    // No process has this id: it is above the largest one Linux gives.
    const dead = JSON.stringify({ pid: 4_194_305, host: hostname(), id: 'x' })
    await writeFile(path, dead)
    expect(await withFileLock(path, options, () => Promise.resolve('in'))).toBe('in')
    expect(await readdir(folder)).toEqual([])
  })

  test('of another machine is taken over only when it is old', async () => {
    await writeFile(path, JSON.stringify({ pid: 1, host: 'elsewhere', id: 'x' }))
    const before = await readFile(path, 'utf8')
    const impatient = { ...options, waitMs: 100 }
    // Without the lock: twice is better than never. And the lock is not ours to remove.
    expect(await withFileLock(path, impatient, () => Promise.resolve('late'))).toBe('late')
    expect(await readFile(path, 'utf8')).toBe(before)
    const longAgo = new Date(Date.now() - 120_000)
    await utimes(path, longAgo, longAgo)
    expect(await withFileLock(path, options, () => Promise.resolve('in'))).toBe('in')
    expect(await readdir(folder)).toEqual([])
  })

  test('is done without where no file can be made', async () => {
    await writeFile(join(folder, 'file'), '')
    const impossible = join(folder, 'file', 'lock')
    expect(await withFileLock(impossible, options, () => Promise.resolve('in'))).toBe('in')
  })
})

test('processes that start together make one exchange and get one token', async () => {
  await using world = await createWorld()
  const script = join(folder, 'one-access.mjs')
  const source = new URL('../__fixtures__/one-access.ts', import.meta.url)
  await build({
    entryPoints: [fileURLToPath(source)],
    outfile: script,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
  })
  await mkdir(world.folder, { recursive: true })
  const { value } = world.emulator.control.tokens.issue()
  await writeFile(join(world.folder, 'access-token'), value, { mode: 0o600 })
  // Slow enough that every process is at the door before the first has its token.
  world.emulator.control.faults.add({ on: { route: 'exchange' }, do: { kind: 'delay', ms: 700 } })
  const bearers = await Promise.all(
    Array.from({ length: 5 }, () => run(script, { ...world.environment })),
  )
  expect(new Set(bearers).size).toBe(1)
  expect(bearers[0]).toMatch(/^Bearer tid=/)
  expect(world.emulator.control.counters.read().exchanges).toBe(1)
  expect((await readdir(world.folder)).sort()).toEqual(['access-token', 'api-key.json'])
})

function run(script: string, environment: Record<string, string>): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script], { env: { ...environment, PATH: '' } })
    let out = ''
    let errors = ''
    child.stdout.on('data', (data: Buffer) => (out += data.toString()))
    child.stderr.on('data', (data: Buffer) => (errors += data.toString()))
    child.on('error', reject)
    child.on('close', (code) => {
      if (code === 0) resolve(out)
      else reject(new Error(errors))
    })
  })
}
