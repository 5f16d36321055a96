import { expect, test } from 'vitest'
import { answerText } from './answer-text.ts'

const events = (...list: object[]): string =>
  list.map((event) => `event: x\ndata: ${JSON.stringify(event)}\n\n`).join('')

test.each([
  [
    'chat',
    `${events(
      { choices: [{ delta: { role: 'assistant', content: '' } }] },
      { choices: [{ delta: { reasoning_text: 'hm' } }] },
      { choices: [{ delta: { content: 'ada@ex' } }] },
      { choices: [{ delta: { content: 'ample.org' } }] },
      { choices: [{ delta: { tool_calls: [{ function: { name: 'run', arguments: '' } }] } }] },
      { choices: [{ delta: { tool_calls: [{ function: { arguments: '{"a":1}' } }] } }] },
    )}data: [DONE]\n\n`,
    '[thinking] hm\n[text] ada@example.org\n[tool] run{"a":1}',
  ],
  [
    'responses',
    events(
      { type: 'response.reasoning_summary_text.delta', delta: 'hm' },
      { type: 'response.output_text.delta', delta: 'ada@ex' },
      { type: 'response.output_text.delta', delta: 'ample.org' },
      { type: 'response.output_text.done', text: 'ada@example.org' },
      { type: 'response.output_item.added', item: { type: 'function_call', name: 'run' } },
      { type: 'response.function_call_arguments.delta', delta: '{"a":1}' },
    ),
    '[thinking] hm\n[text] ada@example.org\n[tool] run{"a":1}',
  ],
  [
    'messages',
    events(
      { type: 'message_start', message: { content: [] } },
      { type: 'content_block_delta', delta: { type: 'thinking_delta', thinking: 'hm' } },
      { type: 'content_block_delta', delta: { type: 'text_delta', text: 'ada@ex' } },
      { type: 'content_block_delta', delta: { type: 'text_delta', text: 'ample.org' } },
      { type: 'content_block_start', content_block: { type: 'tool_use', name: 'run', input: {} } },
      { type: 'content_block_delta', delta: { type: 'input_json_delta', partial_json: '{"a":1}' } },
    ),
    '[thinking] hm\n[text] ada@example.org\n[tool] run{"a":1}',
  ],
  [
    'gemini',
    events(
      { candidates: [{ content: { parts: [{ text: 'hm', thought: true }] } }] },
      { candidates: [{ content: { parts: [{ text: 'ada@ex' }] } }] },
      { candidates: [{ content: { parts: [{ text: 'ample.org' }] } }] },
      { candidates: [{ content: { parts: [{ functionCall: { name: 'run' } }] } }] },
    ),
    '[thinking] hm\n[text] ada@example.org\n[tool] {"name":"run"}',
  ],
  [
    'ollama',
    [
      { message: { thinking: 'hm' } },
      { message: { content: 'ada@ex' } },
      { message: { content: 'ample.org' } },
      { message: { tool_calls: [{ function: { name: 'run' } }] }, done: true },
    ]
      .map((line) => `${JSON.stringify(line)}\n`)
      .join(''),
    '[thinking] hm\n[text] ada@example.org\n[tool] {"function":{"name":"run"}}',
  ],
  [
    'completions',
    events({ choices: [{ text: 'ada@ex' }] }, { choices: [{ text: 'ample.org' }] }),
    'ada@example.org',
  ],
  ['an end in the middle of an event', 'data: {"choices":[{"text":"a"}]}\n\ndata: {"choi', 'a'],
])('%s: what came in pieces is one text again', (_dialect, stream, text) => {
  expect(answerText(stream)).toBe(text)
})
