import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Conversation } from '../../core/conversation.ts'
import type { RequestPath } from '../../core/dialect.ts'
import { BadRequestError } from '../../core/errors.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import { countTokens, generateContent, streamGenerateContent } from './index.ts'
import { jsonSchemaFromGemini } from './json-schema.ts'

const path: RequestPath = { params: { model: 'models/gemini-2.5-pro' }, query: new Map() }
const user = { role: 'user', parts: [{ text: 'Hi' }] }
const decode = (body: JsonObject): Conversation =>
  generateContent.decodeRequest({ contents: [user], ...body }, path)

describe('a request in the hub’s words', () => {
  test('as Gemini CLI sends it', () => {
    const conversation = streamGenerateContent.decodeRequest(
      {
        systemInstruction: { role: 'user', parts: [{ text: 'Be brief.' }] },
        contents: [
          {
            role: 'user',
            parts: [{ text: 'Look' }, { inlineData: { mimeType: 'image/png', data: 'AAAA' } }],
          },
          {
            role: 'model',
            parts: [
              { text: 'Sure.' },
              {
                functionCall: { id: 'a1', name: 'read', args: { path: 'x' } },
                thoughtSignature: 'R0VNSU5J',
              },
            ],
          },
          {
            role: 'user',
            parts: [{ functionResponse: { id: 'a1', name: 'read', response: { output: 'text' } } }],
          },
        ],
        tools: [
          {
            functionDeclarations: [
              {
                name: 'read',
                description: 'Reads',
                parametersJsonSchema: { type: 'object', properties: { path: { type: 'string' } } },
              },
            ],
          },
        ],
        toolConfig: { functionCallingConfig: { mode: 'AUTO' } },
        generationConfig: {
          temperature: 0,
          topP: 1,
          topK: 64,
          maxOutputTokens: 9,
          thinkingConfig: { includeThoughts: true, thinkingBudget: 8192 },
        },
      },
      path,
    )
    expect(conversation).toMatchObject({
      model: 'gemini-2.5-pro',
      stream: true,
      turns: [
        { role: 'system', content: [{ type: 'text', text: 'Be brief.' }] },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'Look' },
            { type: 'image', source: { mediaType: 'image/png', data: 'AAAA' } },
          ],
        },
        {
          role: 'assistant',
          content: [
            { type: 'text', text: 'Sure.' },
            {
              type: 'tool-call',
              id: 'a1',
              name: 'read',
              input: { kind: 'json', text: '{"path":"x"}' },
              sealed: { origin: 'gemini', data: 'R0VNSU5J' },
            },
          ],
        },
        {
          role: 'tool',
          content: [
            {
              type: 'tool-result',
              id: 'a1',
              name: 'read',
              content: [{ type: 'text', text: 'text' }],
              isError: false,
            },
          ],
        },
      ],
      tools: [
        {
          kind: 'function',
          name: 'read',
          parameters: { type: 'object', properties: { path: { type: 'string' } } },
        },
      ],
      toolChoice: { kind: 'auto' },
      temperature: 0,
      topP: 1,
      topK: 64,
      maxOutputTokens: 9,
      reasoning: { budgetTokens: 8192, summary: 'auto' },
      extras: [],
    })
  })

  test('calls without ids are matched to their results by name and order', () => {
    const call = (x: number) => ({ functionCall: { name: 'f', args: { x } } })
    const result = (y: number) => ({ functionResponse: { name: 'f', response: { y, z: 1 } } })
    const { turns } = decode({
      contents: [
        user,
        { role: 'model', parts: [call(1), call(2)] },
        { role: 'user', parts: [result(1), result(2), { text: 'go on' }] },
      ],
    })
    const ids = turns[1]?.content.map((entry) => (entry.type === 'tool-call' ? entry.id : ''))
    expect(new Set(ids).size).toBe(2)
    expect(
      turns[2]?.content.map((entry) => (entry.type === 'tool-result' ? entry.id : '')),
    ).toEqual(ids)
    expect(turns[2]?.content[0]).toMatchObject({ content: [{ text: '{"y":1,"z":1}' }] })
    expect(turns[3]).toMatchObject({ role: 'user', content: [{ text: 'go on' }] })
  })

  test.each<[string, JsonObject, object]>([
    [
      'snake case',
      {
        system_instruction: 'S',
        generation_config: { max_output_tokens: 5, stop_sequences: ['x'] },
      },
      { maxOutputTokens: 5, stop: ['x'], turns: [{ role: 'system' }, { role: 'user' }] },
    ],
    [
      'no thinking',
      { generationConfig: { thinkingConfig: { thinkingBudget: 0 } } },
      { reasoning: { disabled: true } },
    ],
    [
      'thinking as the model likes',
      { generationConfig: { thinkingConfig: { thinkingBudget: -1 } } },
      { reasoning: {} },
    ],
    [
      'a thinking level',
      { generationConfig: { thinkingConfig: { thinkingLevel: 'HIGH' } } },
      { reasoning: { effort: 'high' } },
    ],
    [
      'JSON',
      { generationConfig: { responseMimeType: 'application/json' } },
      { responseFormat: { kind: 'json-object' } },
    ],
    [
      'JSON by a schema in capitals',
      {
        generationConfig: {
          responseMimeType: 'application/json',
          responseSchema: {
            type: 'OBJECT',
            properties: { type: { type: 'INTEGER', nullable: true } },
          },
        },
      },
      {
        responseFormat: {
          kind: 'json-schema',
          schema: { type: 'object', properties: { type: { type: ['integer', 'null'] } } },
        },
      },
    ],
    [
      'one function',
      { toolConfig: { functionCallingConfig: { mode: 'ANY', allowedFunctionNames: ['f'] } } },
      { toolChoice: { kind: 'tool', name: 'f' } },
    ],
    [
      'some functions',
      { toolConfig: { functionCallingConfig: { mode: 'ANY', allowedFunctionNames: ['f', 'g'] } } },
      { toolChoice: { kind: 'allowed', mode: 'required', names: ['f', 'g'] } },
    ],
    [
      'any function',
      { tool_config: { function_calling_config: { mode: 'any' } } },
      { toolChoice: { kind: 'required' } },
    ],
    [
      'no function',
      { toolConfig: { functionCallingConfig: { mode: 'NONE' } } },
      { toolChoice: { kind: 'none' } },
    ],
    [
      'safety settings are named',
      { safetySettings: [{ category: 'X', threshold: 'Y' }] },
      { extras: [{ name: 'safetySettings' }] },
    ],
    [
      'search beside functions is named',
      { tools: [{ googleSearch: {} }, { functionDeclarations: [{ name: 'f' }] }] },
      { tools: [{ name: 'f' }], extras: [{ name: 'googleSearch', value: true }] },
    ],
    [
      'a failed call',
      { contents: [{ parts: [{ functionResponse: { name: 'f', response: { error: 'no' } } }] }] },
      { turns: [{ role: 'tool', content: [{ isError: true, content: [{ text: 'no' }] }] }] },
    ],
    ['one content alone', { contents: { parts: [{ text: 'x' }] } }, { turns: [{ role: 'user' }] }],
    [
      'one part alone',
      { contents: { parts: { text: 'x' } } },
      { turns: [{ role: 'user', content: [{ type: 'text', text: 'x' }] }] },
    ],
  ])('%s', (_, body, expected) => {
    expect(decode(body)).toMatchObject(expected)
  })
})

test('a schema that is JSON Schema already stays as it is', () => {
  const schema = {
    type: 'object',
    properties: {
      items: {
        type: 'array',
        items: { anyOf: [{ type: 'string' }, { type: 'null' }] },
        minItems: 1,
      },
    },
    required: ['items'],
    additionalProperties: false,
  }
  expect(jsonSchemaFromGemini(schema)).toEqual(schema)
  expect(
    jsonSchemaFromGemini({
      type: 'ARRAY',
      minItems: '2',
      items: { type: 'STRING', enum: ['a'], nullable: true },
    }),
  ).toEqual({
    type: 'array',
    minItems: 2,
    items: { type: ['string', 'null'], enum: ['a', null] },
  })
})

describe('bad input is named', () => {
  test.each<[string, JsonObject]>([
    ['contents', { contents: [] }],
    ['contents', { contents: 'Hi' }],
    ['contents[0]', { contents: [5] }],
    ['contents[0]', { contents: ['Hi'] }],
    ['contents[0].parts[0]', { contents: [{ parts: [{ smell: 'rose' }] }] }],
    ['contents[0].parts[0]', { contents: [{ parts: [{ thought: true }] }] }],
    [
      'toolConfig.functionCallingConfig.mode',
      { toolConfig: { functionCallingConfig: { mode: 'MAYBE' } } },
    ],
    ['contents[0].role', { contents: [{ role: 'robot', parts: [] }] }],
    ['contents[0].parts', { contents: [{ parts: 'x' }] }],
    ['contents[0].parts[0]', { contents: [{ parts: [{}] }] }],
    ['contents[0].parts[0].text', { contents: [{ parts: [{ text: 5 }] }] }],
    [
      'contents[0].parts[0].inlineData.data',
      { contents: [{ parts: [{ inlineData: { mimeType: 'image/png' } }] }] },
    ],
    [
      'contents[0].parts[0].functionCall.name',
      { contents: [{ role: 'model', parts: [{ functionCall: {} }] }] },
    ],
    ['tools[0].functionDeclarations[0].name', { tools: [{ functionDeclarations: [{}] }] }],
    ['tools', { tools: [{ googleSearch: {} }] }],
    ['cachedContent', { cachedContent: 'cachedContents/1' }],
    ['generationConfig', { generationConfig: 5 }],
    ['generationConfig.candidateCount', { generationConfig: { candidateCount: 2 } }],
    ['generationConfig.temperature', { generationConfig: { temperature: 'hot' } }],
  ])('%s', (param, body) => {
    expect(() => decode(body)).toThrow(expect.objectContaining({ param, status: 400 }) as Error)
  })

  test('any JSON is a conversation or an error that names a field', () => {
    const value = fc.jsonValue({ maxDepth: 1 })
    const part = fc.dictionary(
      fc.constantFrom(
        'text',
        'thought',
        'thoughtSignature',
        'inlineData',
        'functionCall',
        'functionResponse',
      ),
      value,
      { maxKeys: 2 },
    )
    const content = fc.record({
      role: fc.constantFrom('user', 'model'),
      parts: fc.array(part, { maxLength: 3 }),
    })
    const name = fc.constantFrom(
      'contents',
      'tools',
      'toolConfig',
      'generationConfig',
      'systemInstruction',
    )
    const field = fc.oneof(value, fc.array(content, { maxLength: 3 }))
    fc.assert(
      fc.property(fc.dictionary(name, field), (body) => {
        for (const dialect of [generateContent, countTokens]) {
          try {
            dialect.readFacts(body, path)
            dialect.decodeRequest(body, path)
          } catch (error) {
            expect(error).toBeInstanceOf(BadRequestError)
            expect((error as BadRequestError).param).toBeTypeOf('string')
          }
        }
      }),
      { numRuns: 500 },
    )
  })
})

describe('facts', () => {
  const response = { functionResponse: { name: 'f', response: {} } }
  test.each<[string, JsonValue, 'user' | 'agent', boolean]>([
    ['a person', [user], 'user', false],
    ['a function', [user, { role: 'user', parts: [response] }], 'agent', false],
    [
      'a person beside a result',
      [{ role: 'user', parts: [response, { text: 'x' }] }],
      'user',
      false,
    ],
    ['a model', [{ role: 'model', parts: [{ text: 'x' }] }], 'agent', false],
    [
      'a person with a picture',
      [{ parts: [{ inline_data: { mime_type: 'image/png', data: 'A' } }] }],
      'user',
      true,
    ],
  ])('%s', (_, contents, lastTurn, hasImages) => {
    expect(
      streamGenerateContent.readFacts({ contents, generationConfig: { maxOutputTokens: 7 } }, path),
    ).toMatchObject({
      model: 'gemini-2.5-pro',
      stream: true,
      lastTurn,
      hasImages,
      maxOutputTokens: 7,
    })
  })
})
