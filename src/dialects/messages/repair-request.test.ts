import { expect, test } from 'vitest'
import type { JsonObject } from '../../core/json.ts'
import { wrapSealed } from '../../core/sealed.ts'
import { billing, user } from './__fixtures__/requests.ts'
import { withoutBillingHeader, withoutForeignThinking } from './index.ts'
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

test('the attribution line can be taken off a system prompt', () => {
  const text = { type: 'text', text: 'You are.' }
  expect(withoutBillingHeader([billing, text])).toEqual([text])
  expect(withoutBillingHeader([billing])).toBeUndefined()
  const untouched = [text]
  expect(withoutBillingHeader(untouched)).toBe(untouched)
  expect(withoutBillingHeader('You are.')).toBe('You are.')
})

test('thinking made elsewhere is taken out of what is relayed', () => {
  const own = { type: 'thinking', thinking: 'Hm.', signature: 'EqQB' }
  const wrapped = { type: 'redacted_thinking', data: 'jetway.responses.encrypted.gAAA' }
  const unsigned = { type: 'thinking', thinking: 'Hm.', signature: '' }
  const assistant = (...content: JsonObject[]): JsonObject => ({ role: 'assistant', content })
  expect(
    withoutForeignThinking([user('Hi'), assistant(wrapped, own), assistant(unsigned), user('x')]),
  ).toEqual([user('Hi'), assistant(own), user('x')])
  const fine = [user('Hi'), assistant(own)]
  expect(withoutForeignThinking(fine)).toBe(fine)
  expect(withoutForeignThinking('x')).toBe('x')
})
