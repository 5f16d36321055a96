import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { findKeyFile } from './seal-key-file.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'jetway-seal-key-'))
  return () => {
    rmSync(folder, { recursive: true, force: true })
  }
})

test('all who look at once find the same whole key', async () => {
  const data = join(folder, 'data')
  const keys = await Promise.all(Array.from({ length: 40 }, () => findKeyFile(data)))
  expect(new Set(keys).size).toBe(1)
  expect(Buffer.from(keys[0] ?? '', 'base64')).toHaveLength(32)
  expect(readdirSync(data)).toEqual(['seal.key'])
  expect(statSync(join(data, 'seal.key')).mode & 0o777).toBe(0o600)
})

test('a key that is there stays', async () => {
  writeFileSync(join(folder, 'seal.key'), 'there\n')
  expect(await findKeyFile(folder)).toBe('there')
})

test('a folder that cannot be made has none', async () => {
  writeFileSync(join(folder, 'file'), '')
  expect(await findKeyFile(join(folder, 'file', 'data'))).toBeUndefined()
})
