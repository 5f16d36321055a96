import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Content, Conversation, Tool, ToolResult, Turn } from '../../core/conversation.ts'
import type { JsonObject } from '../../core/json.ts'
import type { Model } from '../../core/model.ts'
import type { Part } from '../../core/parts.ts'
import {
  heal,
  healCustomTools,
  healEmptyContent,
  healImages,
  healStopSequences,
  healToolNames,
  healToolPairs,
  healToolSchemas,
} from './index.ts'
import { fitsStrictMode } from './strict-schema.ts'

const conversationOf = (turns: readonly Turn[], tools: readonly Tool[] = []): Conversation => ({
  model: 'm',
  turns,
  tools,
  stream: true,
  includeUsage: true,
  extras: [],
})
const say = (text: string): Turn => ({ role: 'user', content: [{ type: 'text', text }] })
const call = (id: string, name = 'f'): Content => ({
  type: 'tool-call',
  id,
  name,
  input: { kind: 'json', text: '{}' },
})
const calls = (...ids: string[]): Turn => ({
  role: 'assistant',
  content: ids.map((id) => call(id)),
})
const result = (id: string, text = id): ToolResult => ({
  type: 'tool-result',
  id,
  content: [{ type: 'text', text }],
  isError: false,
})
const results = (...ids: string[]): Turn => ({ role: 'tool', content: ids.map((id) => result(id)) })
const interrupted = (id: string): unknown =>
  expect.objectContaining({ type: 'tool-result', id, isError: true })

describe('calls and results', () => {
  test('in order they stay the very same', () => {
    const conversation = conversationOf([
      say('Hi'),
      calls('a', 'b'),
      results('b', 'a'),
      say('And?'),
      calls('c'),
      results('c'),
    ])
    expect(healToolPairs(conversation)).toEqual({ conversation, changed: [] })
    expect(healToolPairs(conversation).conversation).toBe(conversation)
  })

  test.each<[string, Turn[], unknown[], string[]]>([
    [
      'a call without a result',
      [say('Hi'), calls('a', 'b'), results('a'), say('Stop')],
      [
        say('Hi'),
        calls('a', 'b'),
        { role: 'tool', content: [result('a'), interrupted('b')] },
        say('Stop'),
      ],
      ['orphan_tool_calls'],
    ],
    [
      'calls at the end',
      [say('Hi'), calls('a')],
      [say('Hi'), calls('a'), { role: 'tool', content: [interrupted('a')] }],
      ['orphan_tool_calls'],
    ],
    [
      'a result without a call',
      [results('x'), say('Hi')],
      [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'Result of an earlier tool call (x):' },
            { type: 'text', text: 'x' },
          ],
        },
        say('Hi'),
      ],
      ['orphan_tool_results'],
    ],
    [
      'a result that came late',
      [calls('a'), say('Wait'), results('a')],
      [calls('a'), results('a'), say('Wait')],
      ['tool_result_order'],
    ],
    [
      'a result told twice',
      [calls('a'), results('a'), { role: 'tool', content: [result('a', 'again')] }],
      [calls('a'), results('a')],
      ['duplicate_tool_results'],
    ],
    [
      'a result in the user’s turn',
      [calls('a'), { role: 'user', content: [{ type: 'text', text: 'So' }, result('a')] }],
      [calls('a'), results('a'), say('So')],
      ['tool_result_order'],
    ],
    [
      'an id used again',
      [calls('a'), results('a'), calls('a', 'a'), results('a', 'a'), say('x')],
      [
        calls('a'),
        results('a'),
        calls('a_2', 'a_3'),
        {
          role: 'tool',
          content: [
            { ...result('a'), id: 'a_2' },
            { ...result('a'), id: 'a_3' },
          ],
        },
        say('x'),
      ],
      ['tool_call_ids'],
    ],
  ])('%s', (_, turns, expected, changed) => {
    const healed = healToolPairs(conversationOf(turns))
    expect(healed.conversation.turns).toEqual(expected)
    expect(healed.changed).toEqual(changed)
  })

  test('whatever comes in, what comes out is in order', () => {
    const id = fc.constantFrom('a', 'b', 'c')
    const turn = fc.oneof(
      fc.constant(say('x')),
      fc.array(id, { minLength: 1, maxLength: 3 }).map((ids) => calls(...ids)),
      fc.array(id, { minLength: 1, maxLength: 3 }).map((ids) => results(...ids)),
    )
    fc.assert(
      fc.property(fc.array(turn, { maxLength: 8 }), (turns) => {
        const once = healToolPairs(conversationOf(turns)).conversation
        expect(healToolPairs(once).changed).toEqual([])
      }),
    )
  })
})

describe('empty content', () => {
  test('texts and turns of nothing go', () => {
    const empty: Content = { type: 'text', text: '' }
    const { conversation, changed } = healEmptyContent(
      conversationOf([
        say('Hi'),
        { role: 'assistant', content: [] },
        { role: 'user', content: [empty, { type: 'text', text: 'x' }] },
        { role: 'assistant', content: [empty] },
      ]),
      'chat',
    )
    expect(conversation.turns).toEqual([say('Hi'), say('x')])
    expect(changed).toEqual(['empty_content'])
  })

  test('only where it must, the user speaks first', () => {
    const turns: Turn[] = [
      { role: 'system', author: 'system', content: [{ type: 'text', text: 's' }] },
      { role: 'assistant', content: [{ type: 'text', text: 'Hello' }] },
      say('Hi'),
    ]
    const conversation = conversationOf(turns)
    expect(healEmptyContent(conversation, 'chat').conversation).toBe(conversation)
    const healed = healEmptyContent(conversation, 'messages')
    expect(healed.conversation.turns.map(({ role }) => role)).toEqual([
      'system',
      'user',
      'assistant',
      'user',
    ])
    expect(healed.changed).toEqual(['leading_assistant'])
  })
})

describe('images', () => {
  const image = (data: string, mediaType = 'image/png'): Content & { type: 'image' } => ({
    type: 'image',
    source: { kind: 'data', mediaType, data },
  })
  const shown = (turns: readonly Turn[]): string[] =>
    turns
      .flatMap((turn): readonly Content[] => turn.content)
      .flatMap((piece): readonly Content[] =>
        piece.type === 'tool-result' ? piece.content : [piece],
      )
      .map((piece) => {
        if (piece.type === 'image' && piece.source.kind === 'data') return piece.source.data
        return piece.type === 'text' ? piece.text : piece.type
      })

  test('of too many the newest stay', () => {
    const turns: Turn[] = [
      { role: 'user', content: [image('one'), { type: 'text', text: 'x' }] },
      {
        role: 'tool',
        content: [{ type: 'tool-result', id: 'a', isError: false, content: [image('two')] }],
      },
      { role: 'user', content: [image('three')] },
    ]
    const healed = healImages(conversationOf(turns), { maxImages: 2 })
    expect(shown(healed.conversation.turns)).toEqual([
      '[An image was left out: the model takes no more than 2 of them.]',
      'x',
      'two',
      'three',
    ])
    expect(healed.changed).toEqual(['too_many_images'])
    const conversation = conversationOf(turns)
    expect(healImages(conversation, { maxImages: 3 }).conversation).toBe(conversation)
    expect(healImages(conversation, {}).conversation).toBe(conversation)
  })

  test('too large ones and unknown kinds become a text', () => {
    const turns: Turn[] = [
      { role: 'user', content: [image('x'.repeat(200)), image('AA', 'image/bmp'), image('AA')] },
    ]
    const healed = healImages(conversationOf(turns), {
      maxImageBytes: 100,
      imageTypes: ['image/png'],
      maxImages: 1,
    })
    expect(healed.changed.toSorted()).toEqual(['image_type', 'oversize_image'])
    expect(shown(healed.conversation.turns).at(-1)).toBe('AA')
  })
})

describe('tool schemas', () => {
  const heal = (parameters: JsonObject): JsonObject | undefined => {
    const [tool] = healToolSchemas(
      conversationOf([], [{ kind: 'function', name: 'f', parameters }]),
    ).conversation.tools
    return tool?.kind === 'function' ? tool.parameters : undefined
  }

  test.each<[string, JsonObject, JsonObject]>([
    [
      'a pattern that is not plain, at any depth',
      {
        type: 'object',
        $schema: 'x',
        properties: {
          a: { type: 'string', pattern: '^\\p{Cc}' },
          b: { type: 'array', items: { anyOf: [{ pattern: '(?<=a)b' }, { pattern: '^a+$' }] } },
        },
        $defs: { c: { pattern: '[' } },
      },
      {
        type: 'object',
        properties: {
          a: { type: 'string' },
          b: { type: 'array', items: { anyOf: [{}, { pattern: '^a+$' }] } },
        },
        $defs: { c: {} },
      },
    ],
    [
      'a property that is called pattern',
      { type: 'object', properties: { pattern: { type: 'string', pattern: '\\P{L}' } } },
      { type: 'object', properties: { pattern: { type: 'string' } } },
    ],
    [
      'keys that are patterns',
      { type: 'object', patternProperties: { '\\p{L}': {}, '^x': { type: 'string' } } },
      { type: 'object', patternProperties: { '^x': { type: 'string' } } },
    ],
    [
      'alternatives at the top',
      {
        anyOf: [
          { type: 'object', properties: { a: {}, b: {} }, required: ['a', 'b'] },
          { type: 'object', properties: { a: {}, c: {} }, required: ['a'] },
        ],
      },
      { type: 'object', properties: { a: {}, b: {}, c: {} }, required: ['a'] },
    ],
    [
      'parts at the top',
      {
        allOf: [
          { properties: { a: {} }, required: ['a'] },
          { properties: { b: {} }, required: ['b'] },
        ],
      },
      { type: 'object', properties: { a: {}, b: {} }, required: ['a', 'b'] },
    ],
  ])('%s', (_, before, after) => {
    expect(heal(before)).toEqual(after)
  })

  test('what is fine stays the very same; any JSON is survived', () => {
    const fine = { type: 'object', properties: { a: { type: 'string', pattern: '^a(?:b|c)$' } } }
    expect(heal(fine)).toBe(fine)
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.constantFrom(
            'properties',
            'items',
            'anyOf',
            'pattern',
            'required',
            '$defs',
            '__proto__',
          ),
          fc.jsonValue(),
        ),
        (schema) => {
          expect(typeof heal(schema)).toBe('object')
        },
      ),
    )
  })

  test('strict mode takes only closed schemas', () => {
    const closed = {
      type: 'object',
      properties: { a: { type: 'string' } },
      required: ['a'],
      additionalProperties: false,
    }
    expect(fitsStrictMode(closed)).toBe(true)
    expect(fitsStrictMode({ ...closed, required: [] })).toBe(false)
    expect(fitsStrictMode({ ...closed, properties: { a: { type: 'object' } } })).toBe(false)
    expect(fitsStrictMode({ type: 'array', items: { anyOf: [closed] } })).toBe(true)
  })
})

describe('tool names', () => {
  const long = `mcp__server__${'x'.repeat(80)}`
  const tool = (name: string, namespace?: string): Tool => ({
    kind: 'function',
    name,
    ...(namespace === undefined ? {} : { namespace }),
  })

  test('a name the wire refuses is mapped everywhere, and back', () => {
    const turns: Turn[] = [
      say('Hi'),
      { role: 'assistant', content: [call('a', long)] },
      { role: 'tool', content: [{ ...result('a'), name: long }] },
    ]
    const conversation: Conversation = {
      ...conversationOf(turns, [tool(long), tool('ok'), tool('a.b')]),
      toolChoice: { kind: 'tool', name: long },
    }
    const { conversation: healed, changed, restore } = healToolNames(conversation, 'chat')
    const name = healed.tools[0]?.name ?? ''
    expect(name).toMatch(/^[\w-]{64}$/)
    expect(healed.tools.map((entry) => entry.name)).toEqual([
      name,
      'ok',
      expect.stringMatching(/^a_b_\w+$/),
    ])
    expect(healed.toolChoice).toEqual({ kind: 'tool', name })
    expect(JSON.stringify(healed.turns)).not.toContain(long)
    expect(changed).toEqual(['tool_names'])
    expect(
      restore?.part({ type: 'tool-start', index: 0, id: 'a', name, kind: 'json' }),
    ).toMatchObject([{ name: long }])
    expect(restore?.part({ type: 'ping' })).toEqual([{ type: 'ping' }])
    const answer = restore?.answer({
      id: '',
      model: '',
      created: 0,
      finish: 'tool',
      content: [call('a', name), call('b', 'ok')],
    })
    expect(answer?.content).toEqual([call('a', long), call('b', 'ok')])
    // The same in every request, so that caches and histories hold.
    expect(healToolNames(conversation, 'chat').conversation.tools[0]?.name).toBe(name)
  })

  test('limits are the wire’s own', () => {
    const conversation = conversationOf([], [tool(long)])
    expect(healToolNames(conversation, 'messages').conversation).toBe(conversation)
    const inside = conversationOf([], [tool('read', 'n'.repeat(60))])
    expect(healToolNames(inside, 'responses').conversation).toBe(inside)
    const { conversation: healed, restore } = healToolNames(inside, 'chat')
    const [only] = healed.tools
    expect(only).not.toHaveProperty('namespace')
    expect(
      restore?.part({
        type: 'tool-start',
        index: 0,
        id: 'a',
        name: only?.name ?? '',
        kind: 'json',
      }),
    ).toMatchObject([{ name: 'read', namespace: 'n'.repeat(60) }])
  })

  test('a choice among some follows', () => {
    const conversation: Conversation = {
      ...conversationOf([], [tool(long), tool('ok')]),
      toolChoice: { kind: 'allowed', mode: 'auto', names: [long, 'ok'] },
    }
    const { toolChoice, tools } = healToolNames(conversation, 'chat').conversation
    expect(toolChoice).toMatchObject({ names: tools.map(({ name }) => name) })
  })

  test('doubles go, and more than the wire takes', () => {
    const many = Array.from({ length: 130 }, (_, index) => tool(`t${index}`))
    expect(
      healToolNames(conversationOf([], [tool('a'), tool('a'), tool('a', 'n')]), 'chat'),
    ).toMatchObject({
      changed: ['duplicate_tools'],
      conversation: { tools: [{ name: 'a' }, { name: 'a', namespace: 'n' }] },
    })
    expect(healToolNames(conversationOf([], many), 'responses')).toMatchObject({
      changed: ['too_many_tools'],
    })
    expect(healToolNames(conversationOf([], many), 'messages').changed).toEqual([])
  })
})

describe('custom tools', () => {
  const patch: Tool = {
    kind: 'custom',
    name: 'apply_patch',
    description: 'patches',
    format: { type: 'grammar', syntax: 'lark', definition: 'start: x' },
  }
  const model = (vendor: string): Model => ({ vendor, limits: {}, supports: {} }) as Model
  const said: Turn[] = [
    say('Hi'),
    {
      role: 'assistant',
      content: [
        {
          type: 'tool-call',
          id: 'a',
          name: 'apply_patch',
          input: { kind: 'text', text: '*** "x"' },
        },
      ],
    },
    results('a'),
  ]

  test('become functions where there are only functions', () => {
    const conversation = conversationOf(said, [patch])
    expect(healCustomTools(conversation, 'responses', model('Anthropic')).conversation).toBe(
      conversation,
    )
    expect(healCustomTools(conversation, 'chat', model('Azure OpenAI')).conversation).toBe(
      conversation,
    )
    const { conversation: healed, changed } = healCustomTools(conversation, 'chat', model('Google'))
    expect(changed).toEqual(['custom_tools'])
    expect(healed.tools).toMatchObject([
      {
        kind: 'function',
        name: 'apply_patch',
        description: 'patches\n\nThe input follows this lark grammar:\nstart: x',
      },
    ])
    expect(healed.turns[1]?.content).toMatchObject([
      { input: { kind: 'json', text: '{"input":"*** \\"x\\""}' } },
    ])
  })

  test('and their calls custom calls again, also under a mapped name', () => {
    const name = 'apply.patch'
    const {
      conversation: healed,
      restore,
      degraded,
    } = heal(conversationOf([say('Hi')], [{ ...patch, name }]), 'messages', model('Anthropic'))
    const sent = healed.tools[0]?.name ?? ''
    expect(sent).toMatch(/^apply_patch_\w+$/)
    expect(degraded).toEqual(['tool_names', 'custom_tools'])
    const parts: Part[] = [
      { type: 'tool-start', index: 0, id: 'a', name: sent, kind: 'json' },
      { type: 'tool-delta', index: 0, text: '{"input":"*** B' },
      { type: 'tool-delta', index: 0, text: 'egin"}' },
      { type: 'tool-end', index: 0 },
      { type: 'tool-start', index: 1, id: 'b', name: 'other', kind: 'json' },
      { type: 'tool-delta', index: 1, text: '{}' },
      { type: 'tool-end', index: 1 },
    ]
    expect(parts.flatMap((part) => restore?.part(part) ?? [])).toEqual([
      { type: 'tool-start', index: 0, id: 'a', name, kind: 'text' },
      { type: 'tool-delta', index: 0, text: '*** Begin' },
      { type: 'tool-end', index: 0, text: '*** Begin' },
      ...parts.slice(4),
    ])
    const answer = restore?.answer({
      id: '',
      model: '',
      created: 0,
      finish: 'tool',
      content: [
        { type: 'tool-call', id: 'a', name: sent, input: { kind: 'json', text: '{"input":"x"}' } },
      ],
    })
    expect(answer?.content).toEqual([
      { type: 'tool-call', id: 'a', name, input: { kind: 'text', text: 'x' } },
    ])
  })
})

test('a conversation in order comes back as it is', () => {
  const conversation = conversationOf(
    [say('Hi'), calls('a'), results('a'), say('x')],
    [{ kind: 'function', name: 'f', parameters: { type: 'object' } }],
  )
  for (const wire of ['chat', 'responses', 'messages'] as const) {
    expect(heal(conversation, wire, { vendor: 'x', limits: {} } as Model)).toEqual({
      conversation,
      degraded: [],
      restore: undefined,
    })
  }
})

describe('stop sequences', () => {
  const asking = (stop: string[]): Conversation => ({ ...conversationOf([say('Hi')]), stop })
  const text = (index: number, pieces: readonly string[]): Part[] => [
    { type: 'text-start', index },
    ...pieces.map((piece): Part => ({ type: 'text-delta', index, text: piece })),
    { type: 'text-end', index },
  ]
  const end: Part = { type: 'turn-end', reason: 'tool' }
  const cut = (stop: string[], parts: readonly Part[]): readonly Part[] => {
    const { restore } = healStopSequences(asking(stop), 'responses')
    return parts.flatMap((part) => restore?.part(part) ?? [])
  }
  const said = (parts: readonly Part[]): string =>
    parts.map((part) => (part.type === 'text-delta' ? part.text : '')).join('')

  test('only where the wire has none', () => {
    const conversation = asking(['END'])
    expect(healStopSequences(conversation, 'chat').conversation).toBe(conversation)
    expect(healStopSequences(conversation, 'responses').conversation).not.toHaveProperty('stop')
  })

  test('the answer ends there, wherever its pieces are cut', () => {
    const whole = 'one EN two END three'
    for (let first = 0; first <= whole.length; first++) {
      for (let second = first; second <= whole.length; second++) {
        const pieces = [whole.slice(0, first), whole.slice(first, second), whole.slice(second)]
        const usage = {
          inputTokens: 1,
          cachedInputTokens: 0,
          cacheWriteTokens: 0,
          outputTokens: 1,
          reasoningTokens: 0,
        }
        const out = cut(
          ['END'],
          [
            ...text(0, pieces),
            { type: 'tool-start', index: 1, id: 'a', name: 'f', kind: 'json' },
            { type: 'tool-end', index: 1 },
            { type: 'usage', usage },
            end,
          ],
        )
        expect(said(out)).toBe('one EN two ')
        expect(out.slice(-3)).toEqual([
          { type: 'text-end', index: 0 },
          { type: 'usage', usage },
          { type: 'turn-end', reason: 'stop', stopSequence: 'END' },
        ])
      }
    }
  })

  test('any text, any stops, any cuts', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b') })
    fc.assert(
      fc.property(
        fc.array(letters),
        fc.array(
          letters.filter((word) => word !== ''),
          { minLength: 1, maxLength: 3 },
        ),
        (pieces, stops) => {
          const whole = pieces.join('')
          const found = stops
            .filter((word) => whole.includes(word))
            .map((word) => ({ at: whole.indexOf(word), end: whole.indexOf(word) + word.length }))
            .toSorted((one, other) => one.end - other.end || one.at - other.at)[0]
          const at = found?.at ?? whole.length
          expect(said(cut(stops, [...text(0, pieces), end]))).toBe(whole.slice(0, at))
          const { restore } = healStopSequences(asking(stops), 'responses')
          const answer = restore?.answer({
            id: '',
            model: '',
            created: 0,
            finish: 'length',
            content: [{ type: 'text', text: whole }, call('a')],
          })
          expect(answer?.content[0]).toMatchObject({ text: whole.slice(0, at) })
          expect(answer?.content).toHaveLength(found ? 1 : 2)
        },
      ),
    )
  })
})
