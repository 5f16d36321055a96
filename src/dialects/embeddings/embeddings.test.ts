import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { BadRequestError } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import { embeddings } from './index.ts'

const path = { params: {}, query: new Map<string, string>() }
const context = { requestId: 'r', model: 'asked-for', request: {}, nowMs: 0 }

test.each([
  ['a text', 'hello', ['hello']],
  ['a list', ['a', 'b', ''], ['a', 'b', '']],
])('%s is read', (_, input, inputs) => {
  expect(embeddings.decodeRequest({ model: 'm', input, dimensions: 256, user: 'u' }, path)).toEqual(
    {
      model: 'm',
      inputs,
      dimensions: 256,
      encoding: 'float',
      user: 'u',
    },
  )
})

describe('what is wrong is named', () => {
  test.each<[string, JsonObject, string]>([
    ['no input', {}, 'input'],
    ['an empty list', { input: [] }, 'input'],
    ['tokens', { input: [1, 2, 3] }, 'input'],
    ['lists of tokens', { input: [[1], [2]] }, 'input'],
    ['something else', { input: ['a', { text: 'b' }] }, 'input[1]'],
    ['another encoding', { input: 'a', encoding_format: 'int8' }, 'encoding_format'],
    ['no dimensions', { input: 'a', dimensions: 0 }, 'dimensions'],
  ])('%s', (_, body, param) => {
    expect(() => embeddings.decodeRequest(body, path)).toThrow(BadRequestError)
    expect(() => embeddings.decodeRequest(body, path)).toThrow(
      expect.objectContaining({ param }) as Error,
    )
  })

  test('any JSON is a request or an error that names a field', () => {
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.constantFrom('input', 'model', 'dimensions', 'encoding_format'),
          fc.jsonValue(),
        ),
        (body) => {
          try {
            embeddings.decodeRequest(body, path)
          } catch (error) {
            expect(error).toBeInstanceOf(BadRequestError)
            expect((error as BadRequestError).param).toBeTypeOf('string')
          }
        },
      ),
    )
  })
})

const answer = {
  model: 'upstream',
  vectors: [
    [0.5, -1],
    [0, 2],
  ],
  usage: {
    inputTokens: 4,
    cachedInputTokens: 0,
    cacheWriteTokens: 0,
    outputTokens: 0,
    reasoningTokens: 0,
  },
}

test('an answer in numbers', () => {
  expect(embeddings.encodeAnswer(answer, context)).toEqual({
    object: 'list',
    data: [
      { object: 'embedding', index: 0, embedding: [0.5, -1] },
      { object: 'embedding', index: 1, embedding: [0, 2] },
    ],
    model: 'asked-for',
    usage: { prompt_tokens: 4, total_tokens: 4 },
  })
})

test('an answer in base64 holds the same numbers', () => {
  const request = { encoding_format: 'base64' }
  fc.assert(
    fc.property(fc.float32Array({ noNaN: true, maxLength: 20 }), (vector) => {
      const body = embeddings.encodeAnswer(
        { ...answer, vectors: [[...vector]] },
        { ...context, request },
      )
      const [first] = body['data'] as JsonObject[]
      const bytes = Buffer.from(first?.['embedding'] as string, 'base64')
      const back = Array.from(vector, (_, at) => bytes.readFloatLE(at * 4))
      expect(back).toEqual([...vector])
    }),
  )
})
