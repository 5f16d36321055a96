import { expect, test } from 'vitest'
import { wrapSealed } from '../../core/sealed.ts'
import { repairRequest } from './repair-request.ts'

const thinking = (signature: string) => ({ type: 'thinking', thinking: 't', signature })
const foreign = thinking(wrapSealed({ origin: 'responses', kind: 'encrypted', data: 'ZW5j' }))
const text = { type: 'text', text: 'a' }

test.each([
  [
    'its own signature stays',
    [{ role: 'assistant', content: [thinking('c2ln'), text] }],
    undefined,
  ],
  [
    'one of another wire goes',
    [{ role: 'assistant', content: [foreign, text] }],
    [{ role: 'assistant', content: [text] }],
  ],
])('%s', (_, messages, expected) => {
  const repairs = repairRequest({ messages })
  expect(repairs[0]?.value).toEqual(expected)
  expect(repairs.map(({ field, loses }) => [field, loses])).toEqual(
    expected ? [['messages', 'reasoning']] : [],
  )
})
