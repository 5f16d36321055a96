import { readFileSync } from 'node:fs'

import { expect, test } from 'vitest'

import { BEGIN, END, withResults } from './document.mjs'

test('what stands between the markers is replaced, the rest stays', () => {
  const document = `# Title\n\n${BEGIN}\nold\n${END}\n\nSaid by people.\n`
  const written = `# Title\n\n${BEGIN}\n\nnew\n\n${END}\n\nSaid by people.\n`
  expect(withResults(document, '\nnew\n')).toBe(written)
  expect(withResults(written, 'new')).toBe(written)
})

test.each([
  ['no markers'],
  [`${END} the wrong way round ${BEGIN}`],
  [`${BEGIN} only one`],
  [`${BEGIN} ${BEGIN} ${END}`],
])('a document with %j is left alone', (document) => {
  expect(() => withResults(document, 'new')).toThrow('must hold')
})

test('the published page has both markers', () => {
  const page = readFileSync(new URL('../../docs/performance.md', import.meta.url), 'utf8')
  expect(withResults(page, 'new')).toContain(`${BEGIN}\n\nnew\n\n${END}`)
})
