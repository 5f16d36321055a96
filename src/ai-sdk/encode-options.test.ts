import type { LanguageModelV3CallOptions, LanguageModelV3Prompt } from '@ai-sdk/provider'
import { describe, expect, test } from 'vitest'
import { UnsupportedParamsError } from '../core/errors.ts'
import { encodeCall } from './encode-options.ts'

const HELLO: LanguageModelV3Prompt = [{ role: 'user', content: [{ type: 'text', text: 'Hello' }] }]

function body(options: Partial<LanguageModelV3CallOptions>): object {
  // As it will go out: without what is undefined.
  const { request } = encodeCall('gpt-4o', { prompt: HELLO, ...options })
  const { signal: _, ...rest } = request
  return JSON.parse(JSON.stringify(rest)) as object
}

describe('an AI SDK call as a completion', () => {
  test('only what was said is sent', () => {
    expect(body({})).toEqual({
      model: 'gpt-4o',
      messages: [{ role: 'user', content: 'Hello' }],
      extra_headers: {},
      extra_body: {},
      use_defaults: false,
    })
  })

  test('settings under their names on the wire', () => {
    expect(
      body({
        maxOutputTokens: 5,
        temperature: 0,
        topP: 0.5,
        topK: 3,
        stopSequences: ['x'],
        presencePenalty: 0.1,
        frequencyPenalty: 0.2,
        seed: 0,
        headers: { 'x-a': 'b', 'x-none': undefined, 'user-agent': 'ai/6.0.0 runtime' },
        providerOptions: {
          jetway: { reasoningEffort: 'low', parallelToolCalls: false, snippy: { enabled: false } },
          other: { ignored: true },
        },
      }),
    ).toMatchObject({
      max_tokens: 5,
      temperature: 0,
      top_p: 0.5,
      stop: ['x'],
      presence_penalty: 0.1,
      frequency_penalty: 0.2,
      seed: 0,
      reasoning_effort: 'low',
      parallel_tool_calls: false,
      extra_headers: { 'x-a': 'b' },
      extra_body: { top_k: 3, snippy: { enabled: false } },
    })
  })

  test('tools and the choice between them; a tool of another provider is a warning', () => {
    const $schema = 'http://json-schema.org/draft-07/schema#'
    const schema = { type: 'object', properties: {} } as const
    const { request, warnings } = encodeCall('gpt-4o', {
      prompt: HELLO,
      tools: [
        { type: 'function', name: 'add', description: 'adds', inputSchema: { $schema, ...schema } },
        { type: 'provider', id: 'openai.web_search', name: 'web_search', args: {} },
      ],
      toolChoice: { type: 'tool', toolName: 'add' },
    })
    expect(request.tools).toEqual([
      { type: 'function', function: { name: 'add', description: 'adds', parameters: schema } },
    ])
    expect(request.tool_choice).toEqual({ type: 'function', function: { name: 'add' } })
    expect(warnings).toEqual([
      { type: 'unsupported', feature: 'provider-defined tool openai.web_search' },
    ])
  })

  test('an object is asked for by its schema, or as any JSON', () => {
    const schema = { type: 'object' } as const
    expect(body({ responseFormat: { type: 'json', schema, name: 'person' } })).toMatchObject({
      response_format: {
        type: 'json_schema',
        json_schema: { name: 'person', schema, strict: true },
      },
    })
    expect(body({ responseFormat: { type: 'json' } })).toMatchObject({
      response_format: { type: 'json_object' },
    })
  })

  test('a conversation with reasoning, tools and files', () => {
    const prompt: LanguageModelV3Prompt = [
      { role: 'system', content: 'Be brief.' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'What is this?' },
          { type: 'file', mediaType: 'image/*', data: Uint8Array.of(1, 2, 3) },
          { type: 'file', mediaType: 'image/png', data: new URL('https://example.test/a.png') },
          { type: 'file', mediaType: 'application/pdf', data: 'AQID', filename: 'a.pdf' },
          { type: 'file', mediaType: 'audio/mpeg', data: 'AQID' },
        ],
      },
      {
        role: 'assistant',
        content: [
          { type: 'reasoning', text: 'hm', providerOptions: { jetway: { opaque: 'sealed' } } },
          { type: 'tool-call', toolCallId: 'c1', toolName: 'look', input: { at: 1 } },
        ],
      },
      {
        role: 'tool',
        content: [
          {
            type: 'tool-result',
            toolCallId: 'c1',
            toolName: 'look',
            output: { type: 'json', value: { seen: true } },
          },
        ],
      },
    ]
    expect(body({ prompt })).toMatchObject({
      messages: [
        { role: 'system', content: 'Be brief.' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'What is this?' },
            { type: 'image_url', image_url: { url: 'data:image/jpeg;base64,AQID' } },
            { type: 'image_url', image_url: { url: 'https://example.test/a.png' } },
            {
              type: 'file',
              file: { file_data: 'data:application/pdf;base64,AQID', filename: 'a.pdf' },
            },
            { type: 'input_audio', input_audio: { data: 'AQID', format: 'mp3' } },
          ],
        },
        {
          role: 'assistant',
          content: null,
          reasoning_text: 'hm',
          reasoning_opaque: 'sealed',
          tool_calls: [
            { id: 'c1', type: 'function', function: { name: 'look', arguments: '{"at":1}' } },
          ],
        },
        { role: 'tool', tool_call_id: 'c1', content: '{"seen":true}' },
      ],
    })
  })

  test('files of the AI SDK’s version 7, as it hands them to a provider of this specification', () => {
    const newer = (part: object): LanguageModelV3Prompt =>
      [{ role: 'user', content: [part] }] as unknown as LanguageModelV3Prompt
    const result = (...value: readonly object[]): LanguageModelV3Prompt =>
      [
        {
          role: 'tool',
          content: [
            {
              type: 'tool-result',
              toolCallId: 'c1',
              toolName: 'look',
              output: { type: 'content', value },
            },
          ],
        },
      ] as unknown as LanguageModelV3Prompt
    const text = { type: 'file', mediaType: 'text/plain', data: { type: 'text', text: 'abc' } }
    const file = {
      type: 'file',
      file: { file_data: 'data:text/plain;base64,YWJj', filename: 'file' },
    }
    expect(body({ prompt: newer(text) })).toMatchObject({ messages: [{ content: [file] }] })
    expect(
      body({
        prompt: result(
          text,
          { type: 'file-data', mediaType: 'image/png', data: 'AQID' },
          { type: 'file-url', url: 'https://example.test/a.png' },
        ),
      }),
    ).toMatchObject({
      messages: [
        {
          role: 'tool',
          content: [
            file,
            { type: 'image_url', image_url: { url: 'data:image/png;base64,AQID' } },
            { type: 'image_url', image_url: { url: 'https://example.test/a.png' } },
          ],
        },
      ],
    })
    const elsewhere = { type: 'reference', reference: { openai: 'file-1' } }
    for (const prompt of [
      newer({ type: 'file', mediaType: 'image/png', data: elsewhere }),
      newer({ type: 'file', mediaType: 'video/mp4', data: new URL('https://example.test/a') }),
      result({ type: 'file-id', fileId: 'file-1' }),
      result({ type: 'custom' }),
      result({ type: 'hologram' }),
    ]) {
      expect(() => body({ prompt })).toThrow(UnsupportedParamsError)
    }
  })

  test.each([
    [{ reasoning: 'high' }, 'high'],
    [{ reasoning: 'none' }, 'none'],
    [{ reasoning: 'provider-default' }, undefined],
    [{ reasoning: 'high', providerOptions: { jetway: { reasoningEffort: 'low' } } }, 'low'],
  ])('reasoning by version 7’s own setting: %j', (options, effort) => {
    const asked = body(options as Partial<LanguageModelV3CallOptions>)
    expect((asked as { reasoning_effort?: string }).reasoning_effort).toBe(effort)
  })
})
