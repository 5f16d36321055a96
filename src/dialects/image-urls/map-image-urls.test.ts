import { describe, expect, test } from 'vitest'
import type { DialectName } from '../../core/call.ts'
import type { JsonObject } from '../../core/json.ts'
import { mapImageUrls } from './map-image-urls.ts'

const URL = 'https://example.com/cat.png'
const DATA = 'data:image/png;base64,Y2F0'
const cat = { kind: 'data', mediaType: 'image/png', data: 'Y2F0' } as const

const requests: readonly (readonly [string, DialectName, JsonObject, JsonObject])[] = [
  [
    'chat: an object',
    'chat',
    { model: 'm', messages: [user({ type: 'image_url', image_url: { url: URL, detail: 'low' } })] },
    {
      model: 'm',
      messages: [user({ type: 'image_url', image_url: { url: DATA, detail: 'low' } })],
    },
  ],
  [
    'chat: a text',
    'chat',
    { messages: [user({ type: 'image_url', image_url: URL })] },
    { messages: [user({ type: 'image_url', image_url: DATA })] },
  ],
  [
    'responses: a message',
    'responses',
    { input: [user({ type: 'input_image', image_url: URL, detail: 'auto' })] },
    { input: [user({ type: 'input_image', image_url: DATA, detail: 'auto' })] },
  ],
  [
    'responses: the result of a call',
    'responses',
    {
      input: [{ type: 'function_call_output', output: [{ type: 'input_image', image_url: URL }] }],
    },
    {
      input: [{ type: 'function_call_output', output: [{ type: 'input_image', image_url: DATA }] }],
    },
  ],
  [
    'messages: a block',
    'messages',
    {
      messages: [
        user({ type: 'image', source: { type: 'url', url: URL }, cache_control: { type: 'e' } }),
      ],
    },
    {
      messages: [
        user({
          type: 'image',
          source: { type: 'base64', media_type: 'image/png', data: 'Y2F0' },
          cache_control: { type: 'e' },
        }),
      ],
    },
  ],
  [
    'messages: in the result of a tool',
    'messages',
    {
      messages: [
        user({
          type: 'tool_result',
          tool_use_id: '1',
          content: [{ type: 'image', source: { type: 'url', url: URL } }],
        }),
      ],
    },
    {
      messages: [
        user({
          type: 'tool_result',
          tool_use_id: '1',
          content: [
            {
              type: 'image',
              source: { type: 'base64', media_type: 'image/png', data: 'Y2F0' },
            },
          ],
        }),
      ],
    },
  ],
  [
    'gemini: a file',
    'gemini',
    { contents: [{ parts: [{ fileData: { mimeType: 'image/png', fileUri: URL } }] }] },
    { contents: [{ parts: [{ inlineData: { mimeType: 'image/png', data: 'Y2F0' } }] }] },
  ],
  [
    'gemini: one content, one part',
    'gemini',
    { contents: { parts: { fileData: { mimeType: 'image/png', fileUri: URL } } } },
    { contents: { parts: { inlineData: { mimeType: 'image/png', data: 'Y2F0' } } } },
  ],
  [
    'gemini: in snake case, without a type',
    'gemini',
    { contents: [{ parts: [{ file_data: { file_uri: URL } }] }] },
    { contents: [{ parts: [{ inlineData: { mimeType: 'image/png', data: 'Y2F0' } }] }] },
  ],
]

function user(part: JsonObject): JsonObject {
  return { role: 'user', content: [{ type: 'text', text: URL }, part] }
}

describe('an image by its address is replaced', () => {
  test.each(requests)('%s', (_name, dialect, request, expected) => {
    const before = structuredClone(request)
    const seen: string[] = []
    const mapped = mapImageUrls(dialect, request, (url) => {
      seen.push(url)
      return cat
    })
    expect(mapped).toEqual(expected)
    expect(seen).toEqual([URL])
    expect(request).toEqual(before)
  })

  test.each(requests)('%s: not when nothing stands in for it', (_name, dialect, request) => {
    expect(mapImageUrls(dialect, request, () => undefined)).toBe(request)
  })
})

describe('nothing else is', () => {
  test.each<readonly [string, DialectName, JsonObject]>([
    ['a data URI', 'chat', { messages: [user({ type: 'image_url', image_url: { url: DATA } })] }],
    ['a text', 'chat', { messages: [{ role: 'user', content: URL }] }],
    [
      'arguments of a tool',
      'chat',
      { messages: [{ role: 'assistant', tool_calls: [{ type: 'image_url', image_url: URL }] }] },
    ],
    ['input in one text', 'responses', { input: URL }],
    ['a file by id', 'responses', { input: [user({ type: 'input_image', file_id: 'f' })] }],
    [
      'an input of a tool',
      'messages',
      {
        messages: [
          user({ type: 'tool_use', input: { type: 'image', source: { type: 'url', url: URL } } }),
        ],
      },
    ],
    [
      'a document',
      'messages',
      { messages: [user({ type: 'document', source: { type: 'url', url: URL } })] },
    ],
    [
      'a video',
      'gemini',
      { contents: [{ parts: [{ fileData: { mimeType: 'video/mp4', fileUri: URL } }] }] },
    ],
    [
      'a bucket',
      'gemini',
      { contents: [{ parts: [{ fileData: { mimeType: 'image/png', fileUri: 'gs://a/b' } }] }] },
    ],
    ['ollama', 'ollama', { messages: [{ role: 'user', content: '', images: [URL] }] }],
    ['completions', 'completions', { prompt: URL }],
    ['what is no request', 'chat', { messages: [null, 7, { content: [null, 'x'] }] }],
  ])('%s', (_name, dialect, request) => {
    expect(mapImageUrls(dialect, request, () => cat)).toBe(request)
  })
})
