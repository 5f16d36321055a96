import { describe, expect, test } from 'vitest'
import { foldMessage } from './fold-message.ts'
import { foldResponse, withOutputText } from './fold-response.ts'
import type { MessageEvent } from './types/messages.ts'
import type { ResponsesAnswer, ResponsesEvent } from './types/responses.ts'

describe('a message from its events', () => {
  const start: MessageEvent = {
    type: 'message_start',
    message: {
      id: 'm1',
      type: 'message',
      role: 'assistant',
      model: 'claude',
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: { input_tokens: 7, output_tokens: 1, cache_read_input_tokens: 3 },
    },
  }

  test('thinking, text and a tool call', () => {
    const answer = foldMessage([
      start,
      {
        type: 'content_block_start',
        index: 0,
        content_block: { type: 'thinking', thinking: '', signature: '' },
      },
      {
        type: 'content_block_delta',
        index: 0,
        delta: { type: 'thinking_delta', thinking: 'hm' },
      },
      {
        type: 'content_block_delta',
        index: 0,
        delta: { type: 'signature_delta', signature: 'sig' },
      },
      { type: 'content_block_stop', index: 0 },
      { type: 'content_block_start', index: 1, content_block: { type: 'text', text: '' } },
      { type: 'ping' },
      { type: 'content_block_delta', index: 1, delta: { type: 'text_delta', text: 'Hel' } },
      { type: 'content_block_delta', index: 1, delta: { type: 'text_delta', text: 'lo' } },
      {
        type: 'content_block_start',
        index: 2,
        content_block: { type: 'tool_use', id: 't1', name: 'add', input: {} },
      },
      {
        type: 'content_block_delta',
        index: 2,
        delta: { type: 'input_json_delta', partial_json: '{"a"' },
      },
      {
        type: 'content_block_delta',
        index: 2,
        delta: { type: 'input_json_delta', partial_json: ':1}' },
      },
      {
        type: 'message_delta',
        delta: { stop_reason: 'tool_use', stop_sequence: null },
        usage: { output_tokens: 20, cache_read_input_tokens: null },
      },
      { type: 'message_stop' },
    ])
    expect(answer).toEqual({
      id: 'm1',
      type: 'message',
      role: 'assistant',
      model: 'claude',
      content: [
        { type: 'thinking', thinking: 'hm', signature: 'sig' },
        { type: 'text', text: 'Hello' },
        { type: 'tool_use', id: 't1', name: 'add', input: { a: 1 } },
      ],
      stop_reason: 'tool_use',
      stop_sequence: null,
      usage: { input_tokens: 7, output_tokens: 20, cache_read_input_tokens: 3 },
    })
  })

  test('a tool call without input keeps the empty one', () => {
    const block = { type: 'tool_use', id: 't', name: 'now', input: {} } as const
    const answer = foldMessage([
      start,
      { type: 'content_block_start', index: 0, content_block: block },
    ])
    expect(answer.content).toEqual([block])
  })

  test('nothing is no message', () => {
    expect(() => foldMessage([])).toThrow('without its first event')
  })
})

describe('a response from its events', () => {
  const response = {
    id: 'r1',
    output: [
      { type: 'reasoning', id: 'rs', summary: [] },
      {
        type: 'message',
        id: 'ms',
        role: 'assistant',
        status: 'completed',
        content: [
          { type: 'output_text', text: 'Hel', annotations: [] },
          { type: 'refusal', refusal: 'no' },
          { type: 'output_text', text: 'lo', annotations: [] },
        ],
      },
    ],
  } as unknown as ResponsesAnswer

  test('is what the closing event holds', () => {
    const events: ResponsesEvent[] = [
      { type: 'response.created', sequence_number: 0, response: { ...response, output: [] } },
      { type: 'response.completed', sequence_number: 1, response },
    ]
    expect(foldResponse(events)).toBe(response)
  })

  test('output_text is all of its text', () => {
    expect(withOutputText({ ...response }).output_text).toBe('Hello')
  })

  test('without a closing event there is none', () => {
    expect(() => foldResponse([])).toThrow('without its closing event')
  })
})
