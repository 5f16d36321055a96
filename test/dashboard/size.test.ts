import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { buildDashboard } from '../../scripts/build-dashboard.mjs'

const MOST_BYTES = 150_000

test('the whole page stays under its budget, and names no other host', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'jetway-size-'))
  try {
    await buildDashboard(folder)
    const files = readdirSync(folder).map((name) => readFileSync(join(folder, name)))
    expect(files).toHaveLength(4)
    const bytes = files.reduce((sum, file) => sum + gzipSync(file).length, 0)
    expect(bytes).toBeLessThan(MOST_BYTES)
    const page = readFileSync(join(folder, 'index.html'), 'utf8')
    expect(page).not.toMatch(/<script>|<style>|style=|https?:/)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
