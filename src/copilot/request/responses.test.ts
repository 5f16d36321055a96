import { describe, expect, test } from 'vitest'
import { edited, prepare } from './__fixtures__/prepared.ts'

describe('responses bodies', () => {
  test('what Copilot does not have goes', () => {
    const { edits, degraded } = prepare({
      model: 'reasoner',
      wire: 'responses',
      body: {
        service_tier: 'priority',
        store: true,
        background: true,
        previous_response_id: null,
        temperature: 0.5,
        reasoning: { effort: 'max' },
      },
    })
    expect(Object.fromEntries(edits)).toEqual({
      service_tier: undefined,
      store: false,
      background: undefined,
      previous_response_id: undefined,
      temperature: undefined,
      reasoning: { effort: 'high' },
    })
    expect(degraded).toEqual([
      'service_tier',
      'store',
      'background',
      'temperature',
      'reasoning.effort',
    ])
  })

  test('an answer that is named stays named: without it the call would mean something else', () => {
    const body = { previous_response_id: 'resp_1' }
    expect(edited({ model: 'reasoner', wire: 'responses', body })).toEqual({})
  })

  test('reasoning items lose nulls, never content; ids go only after a refusal', () => {
    const input = [
      { type: 'message', id: 'm', role: 'user', content: null },
      {
        type: 'reasoning',
        id: 'r',
        summary: [],
        encrypted_content: '',
        content: null,
        status: null,
      },
      { type: 'item_reference', id: 'x' },
    ]
    const first = { model: 'reasoner', wire: 'responses', body: { input } } as const
    expect(edited(first)).toEqual({
      input: [
        input[0],
        { type: 'reasoning', id: 'r', summary: [], encrypted_content: '' },
        input[2],
      ],
    })
    expect(edited({ ...first, draft: { lessons: [{ kind: 'drop-item-ids' }] } })).toEqual({
      input: [
        { type: 'message', role: 'user', content: null },
        { type: 'reasoning', summary: [], encrypted_content: '' },
      ],
    })
  })

  test('tools inside namespaces are mended too', () => {
    const schema = { type: 'object', properties: { a: { type: 'string', pattern: '\\p{Cc}' } } }
    const tools = [
      {
        type: 'namespace',
        name: 'n',
        tools: [{ type: 'function', name: 'f', parameters: schema }],
      },
      { type: 'web_search' },
      'odd',
    ]
    expect(edited({ model: 'reasoner', wire: 'responses', body: { tools } })).toEqual({
      tools: [
        {
          type: 'namespace',
          name: 'n',
          tools: [
            {
              type: 'function',
              name: 'f',
              parameters: { type: 'object', properties: { a: { type: 'string' } } },
            },
          ],
        },
        { type: 'web_search' },
        'odd',
      ],
    })
  })
})
