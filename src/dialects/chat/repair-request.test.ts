import { expect, test } from 'vitest'
import { wrapSealed } from '../../core/sealed.ts'
import { repairRequest } from './repair-request.ts'
import { opaqueFromBlocks } from './sealed-reasoning.ts'

const own = { role: 'assistant', content: 'a', reasoning_text: 't', reasoning_opaque: 'b3BhcXVl' }
const sealed = { origin: 'messages', kind: 'signature', data: 'c2ln' } as const
const wrapped = { ...own, reasoning_opaque: wrapSealed(sealed) }
const blocks = {
  ...own,
  reasoning_opaque:
    opaqueFromBlocks([{ type: 'reasoning', text: 't', summary: true, sealed }]) ?? '',
}
const bare = { role: 'assistant', content: 'a' }

test.each([
  ['a conversation of this wire', [own], undefined],
  ['a seal of another wire', [wrapped, own], [bare, own]],
  ['blocks of another wire', [own, blocks], [own, bare]],
  ['odd messages', [null, 'x', 7], undefined],
])('%s', (_, messages, expected) => {
  const repairs = repairRequest({ messages })
  expect(repairs[0]?.value).toEqual(expected)
  expect(repairs.map(({ loses }) => loses)).toEqual(expected ? ['reasoning'] : [])
})

test('no messages, no repair', () => {
  expect(repairRequest({})).toEqual([])
})
