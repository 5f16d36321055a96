import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

const source = join(dirname(fileURLToPath(import.meta.url)), '..', 'src')

/** Which rooms a room may import. `ARCHITECTURE.md` draws the same arrows. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  core: [],
  dialects: ['core'],
  copilot: ['core', 'dialects'],
  compatible: ['core', 'dialects'],
  transport: ['core'],
  engine: ['core', 'dialects', 'transport'],
  policy: ['core', 'dialects', 'engine'],
  store: ['core', 'policy', 'engine'],
  telemetry: ['core', 'engine'],
  config: ['core'],
  emulator: ['core'],
  conformance: ['core'],
  assemble: [
    'core',
    'dialects',
    'copilot',
    'compatible',
    'transport',
    'engine',
    'policy',
    'store',
    'telemetry',
    'config',
  ],
  sdk: ['core', 'dialects', 'engine', 'assemble'],
  'ai-sdk': ['core', 'sdk', 'index'],
  index: ['core', 'sdk'],
  gateway: ['core', 'dialects', 'engine', 'policy', 'store', 'telemetry', 'config', 'assemble'],
  cli: [
    'core',
    'dialects',
    'engine',
    'policy',
    'store',
    'telemetry',
    'config',
    'gateway',
    'emulator',
    'conformance',
    'copilot',
    'compatible',
    'transport',
    'sdk',
    'assemble',
  ],
}

describe('arrows between rooms', () => {
  for (const file of sourceFiles(source)) {
    const from = roomOf(file)
    test(`${relative(source, file)} imports only what ${from} may`, () => {
      expect(Object.keys(ALLOWED)).toContain(from)
      const isTest = /\.test(-d)?\.ts$/.test(file)
      const backwards = importsOf(file)
        .map((target) => roomOf(target))
        .filter((to) => to !== from && !ALLOWED[from]?.includes(to))
        // Tests may run against the emulator and through the assembled house: they are not shipped.
        .filter((to) => !isTest || (to !== 'emulator' && to !== 'assemble' && to !== 'transport'))
      expect(backwards).toEqual([])
    })
  }
})

function sourceFiles(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name)
    if (statSync(path).isDirectory()) return name === '__fixtures__' ? [] : sourceFiles(path)
    return /\.tsx?$/.test(name) ? [path] : []
  })
}

function importsOf(file: string): string[] {
  const text = readFileSync(file, 'utf8')
  const found = text.matchAll(/(?:from|import)\s*\(?\s*['"](\.[^'"]+)['"]/g)
  return [...found].map((match) => resolve(dirname(file), match[1] ?? ''))
}

function roomOf(file: string): string {
  const [first = ''] = relative(source, file).split('/')
  return first.replace(/(\.test)?\.ts$/, '')
}
