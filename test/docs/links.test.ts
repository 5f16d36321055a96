import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { describe, expect, test } from 'vitest'
import { root } from '../support/require.ts'

const LINK = /\[[^\]]*\]\(([^()\s]+)\)/g
const pages = [
  ...readdirSync(root).filter((name) => name.endsWith('.md') || name === 'llms.txt'),
  ...['docs', 'examples', 'deploy'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.md') && !name.includes('node_modules'))
      .map((name) => join(folder, name)),
  ),
]

describe('links between pages', () => {
  test.each(pages)('%s', (page) => {
    const text = readFileSync(join(root, page), 'utf8').replaceAll(/^```[\s\S]*?^```$/gm, '')
    const targets = [...text.matchAll(LINK)].map((match) => match[1] ?? '')
    const own = targets.filter((target) => !/^[a-z]+:/.test(target))
    expect(own.filter((target) => !leadsSomewhere(page, target))).toEqual([])
  })
})

function leadsSomewhere(page: string, target: string): boolean {
  const [path = '', anchor] = target.split('#')
  const file = path === '' ? join(root, page) : join(root, dirname(page), path)
  if (relative(root, file).startsWith('..') || !existsSync(file)) return false
  if (anchor === undefined || statSync(file).isDirectory()) return true
  return headings(readFileSync(file, 'utf8')).includes(anchor)
}

/** As GitHub names them. https://docs.github.com/en/get-started/writing-on-github#section-links */
function headings(text: string): readonly string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map((match) =>
    (match[1] ?? '')
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  )
}
