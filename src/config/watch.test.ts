import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { systemClock } from '../core/clock.ts'
import type { Clock } from '../core/clock.ts'
import { loadConfig, watchConfig } from './index.ts'
import type { ConfigError, ConfigWatch, LoadedConfig } from './index.ts'

/** Waits for nothing: what the watch would do in a moment, it does now. */
const impatient: Clock = {
  ...systemClock,
  setTimer(_delay, callback) {
    const handle = setImmediate(callback)
    return () => clearImmediate(handle)
  },
}

let folder: string
let file: string
let watch: ConfigWatch
let ports: number[]
let errors: ConfigError[]
let heard: () => void

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jetway-watch-'))
  file = join(folder, 'config.yaml')
  ports = []
  errors = []
  heard = () => {}
  await writeFile(file, 'jetway: { port: 1 }')
  const { files } = await loadConfig({ file, environment: {} })
  watch = watchConfig({
    file,
    files,
    environment: {},
    clock: impatient,
    onChange: ({ settings }: LoadedConfig) => {
      ports.push(settings.gateway.port)
      heard()
    },
    onError: (error) => {
      errors.push(error)
      heard()
    },
  })
})
afterEach(async () => {
  watch.close()
  await rm(folder, { recursive: true, force: true })
})

function until(condition: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    heard = () => {
      if (condition()) resolve()
    }
    heard()
  })
}

test('a written file takes effect by itself', async () => {
  await writeFile(file, 'jetway: { port: 2 }')
  await until(() => ports.at(-1) === 2)
})

test('a file put in place of the old one takes effect', async () => {
  await writeFile(`${file}.new`, 'jetway: { port: 3 }')
  await rename(`${file}.new`, file)
  await until(() => ports.at(-1) === 3)
})

test('a bad change is reported, and a good one after it still arrives', async () => {
  await writeFile(file, 'jetway: { port: no }')
  await until(() => errors.length > 0)
  expect(ports).not.toContain(0)
  expect(errors[0]?.message).toMatch(/config\.yaml:1:17: jetway\.port must be a whole number/)
  await writeFile(file, 'jetway: { port: 4 }')
  await until(() => ports.at(-1) === 4)
})

test('nothing is reported once it is closed', async () => {
  watch.close()
  await watch.reload()
  expect(ports).toEqual([])
})

test('a file that is newly included is followed too', async () => {
  const other = join(folder, 'sub.yaml')
  await writeFile(other, 'jetway: { port: 5 }')
  await writeFile(file, 'include: sub.yaml')
  await until(() => ports.at(-1) === 5)
  await writeFile(other, 'jetway: { port: 6 }')
  await until(() => ports.at(-1) === 6)
})

test('asking many times at once reads the newest state last', async () => {
  await writeFile(file, 'jetway: { port: 7 }')
  await Promise.all([watch.reload(), watch.reload(), watch.reload()])
  expect(ports.at(-1)).toBe(7)
})
