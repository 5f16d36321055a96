import { expect, test } from 'vitest'
import { wrapSealed } from '../../core/sealed.ts'
import { repairRequest } from './repair-request.ts'

const message = { type: 'message', role: 'user', content: 'a' }
const own = { type: 'reasoning', summary: [], encrypted_content: 'ZW5j' }
const foreign = {
  ...own,
  encrypted_content: wrapSealed({ origin: 'messages', kind: 'signature', data: 'c2ln' }),
}

test.each([
  ['nothing of ours', [message, own], undefined, []],
  [
    'ids that we made',
    [
      { ...message, id: 'msg_1' },
      { ...own, id: 'rs_1' },
    ],
    [message, own],
    [undefined],
  ],
  [
    'reasoning of another wire',
    [
      { ...foreign, id: 'rs_1' },
      { ...message, id: 'msg_1' },
    ],
    [message],
    ['reasoning'],
  ],
  ['a reference keeps its id', [{ type: 'item_reference', id: 'rs_1' }], undefined, []],
])('%s', (_, input, expected, losses) => {
  const repairs = repairRequest({ input })
  expect(repairs[0]?.value).toEqual(expected)
  expect(repairs.map(({ loses }) => loses)).toEqual(losses)
})

test('an input of text needs no repair', () => {
  expect(repairRequest({ input: 'hi' })).toEqual([])
})
