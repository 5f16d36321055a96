import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { root } from '../support/require.ts'

const text = readFileSync(join(root, 'SECURITY.md'), 'utf8')
const rows = text
  .split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('| threat'))
  .map((line) => line.slice(1, -1).split(' | '))

const testsOf = (cell: string): readonly string[] =>
  [...cell.matchAll(/`([^`]+\.test\.ts)`/g)].map((match) => match[1] ?? '')

describe('the table of threats', () => {
  test('has a defence and a test for every line', () => {
    expect(rows.length).toBeGreaterThan(20)
    const bare = rows.filter((cells) => cells.length !== 3 || testsOf(cells[2] ?? '').length === 0)
    expect(bare).toEqual([])
  })

  test('names tests that are there, and that test something', () => {
    const named = rows.flatMap((cells) => testsOf(cells[2] ?? ''))
    const missing = named.filter((name) => !existsSync(join(root, name)))
    expect(missing).toEqual([])
    const empty = named.filter(
      (name) => !/\btest(\.each)?\(|\btest\.\w+\(/.test(readFileSync(join(root, name), 'utf8')),
    )
    expect(empty).toEqual([])
  })

  test('leaves out no test of this folder', () => {
    const here = readdirSync(join(root, 'test/security')).filter((name) =>
      name.endsWith('.test.ts'),
    )
    const unnamed = here.filter(
      (name) => name !== 'threat-table.test.ts' && !text.includes(`\`test/security/${name}\``),
    )
    expect(unnamed).toEqual([])
  })

  test('covers what attackers try', () => {
    const wanted = [
      'timingSafeEqual',
      'rebinding',
      'smuggling',
      'injection',
      'SSRF',
      'endpoints.api',
      'YAML bomb',
      'pollution',
      'nested',
      'decompression',
      'link',
      'Another user',
      'CSRF',
      'metrics',
      'traces',
      'dump',
    ]
    expect(wanted.filter((word) => !text.includes(word))).toEqual([])
  })
})
