import { expect, test } from 'vitest'
import { wrapSealed } from '../../core/sealed.ts'
import { SEARCH_ID } from './own-searches.ts'
import { repairRequest } from './repair-request.ts'

const search = (id: string) => ({ type: 'server_tool_use', id, name: 'web_search', input: {} })
const result = (id: string) => ({ type: 'web_search_tool_result', tool_use_id: id, content: [] })
const text = { type: 'text', text: 'a' }
const cited = { ...text, citations: [{ type: 'web_search_result_location', cited_text: '' }] }
const said = (...content: readonly object[]) => [{ role: 'assistant', content: [...content] }]

test('what another model searched goes, with what refers to it; the text stays', () => {
  const id = `${SEARCH_ID}1`
  const repairs = repairRequest({ messages: said(search(id), cited, result(id)) as never })
  expect(repairs).toEqual([
    {
      field: 'messages',
      value: said(text),
      reason: 'results of a search by another model are refused; what was found stands in the text',
      loses: 'web_search_results',
    },
  ])
})

test('Anthropic’s own searches stay', () => {
  const messages = said(search('srvtoolu_01'), cited, result('srvtoolu_01'))
  expect(repairRequest({ messages: messages as never })).toEqual([])
})

test('thinking of elsewhere beside them goes, too, and both are named', () => {
  const signature = wrapSealed({ origin: 'responses', kind: 'encrypted', data: 'ZW5j' })
  const thinking = { type: 'thinking', thinking: 't', signature }
  const repairs = repairRequest({
    messages: said(thinking, search(`${SEARCH_ID}1`), text) as never,
  })
  expect(repairs.map(({ loses }) => loses)).toEqual(['reasoning', 'web_search_results'])
  for (const { value } of repairs) expect(value).toEqual(said(text))
})
