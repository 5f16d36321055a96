import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Settings } from '../core/settings.ts'
import { loadConfig } from './index.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jetway-config-'))
})
afterEach(async () => {
  await rm(folder, { recursive: true, force: true })
})

async function load(text: string): Promise<Settings> {
  const file = join(folder, 'config.yaml')
  await writeFile(file, text)
  const { settings, warnings } = await loadConfig({ file, environment: {} })
  expect(warnings).toEqual([])
  return settings
}

test('images are not fetched unless the file says so', async () => {
  const { images } = await load('jetway: {}\n')
  expect(images).toEqual({
    fetch: false,
    hosts: [],
    maxBytes: 20 * 1024 * 1024,
    maxCount: 20,
    timeoutMs: 10_000,
  })
})

test('every setting of the section is read, under either name of it', async () => {
  const section = `
  images: { fetch: true, hosts: [Pictures.example], max_mb: 1, max_count: 3, timeout: 2.5 }
`
  const expected = {
    fetch: true,
    hosts: ['pictures.example'],
    maxBytes: 1_048_576,
    maxCount: 3,
    timeoutMs: 2500,
  }
  expect((await load(`jetway:${section}`)).images).toEqual(expected)
  expect((await load(`jetway_settings:${section}`)).images).toEqual(expected)
})

test('who searches the web is nobody unless the file names a model', async () => {
  const section = '\n  web_search: { model: github_copilot/gpt-5.4 }\n'
  const webSearch = { model: 'github_copilot/gpt-5.4' }
  expect((await load(`jetway:${section}`)).webSearch).toEqual(webSearch)
  expect((await load(`jetway_settings:${section}`)).webSearch).toEqual(webSearch)
  expect((await load('jetway: {}\n')).webSearch).toBeUndefined()
})
