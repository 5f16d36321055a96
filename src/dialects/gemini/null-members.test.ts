import { expect, test } from 'vitest'
import { generateContent } from './index.ts'

test('members that are null count as absent', () => {
  const none = { inlineData: null, functionCall: null, functionResponse: null, fileData: null }
  const body = {
    tools: [{ functionDeclarations: [{ name: 'f' }], googleSearch: null }],
    contents: [{ role: 'user', parts: [{ text: 'x', thought: null, ...none }] }],
  }
  const path = { params: { model: 'm' }, query: new Map<string, string>() }
  const conversation = generateContent.decodeRequest(body, path)
  expect(conversation.turns).toEqual([{ role: 'user', content: [{ type: 'text', text: 'x' }] }])
  expect(conversation.extras).toEqual([])
})
