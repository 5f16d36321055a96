import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect } from 'vitest'
import { root } from './require.ts'

/** A page that is made from the code is as the code makes it; `UPDATE_DOCS=1` writes it anew. */
export function expectPage(name: string, text: string): void {
  const file = join(root, 'docs', name)
  if (process.env['UPDATE_DOCS'] === '1') {
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
  }
  const current = existsSync(file) ? readFileSync(file, 'utf8') : ''
  expect(current, `docs/${name} is not as the code has it: run \`npm run docs\``).toBe(text)
}
