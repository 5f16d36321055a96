import { describe, expect, test } from 'vitest'
import { createVirtualClock } from '../../core/virtual-clock.ts'
import { modelOf } from '../__fixtures__/models.ts'
import { edited, prepare } from './__fixtures__/prepared.ts'
import { createLessons } from './lessons.ts'

describe('what a refusal taught', () => {
  const model = 'gpt-4o'

  test('holds for the rest of the call, whatever the wire calls it', () => {
    const lessons = [
      { kind: 'drop-parameter', name: 'seed', model },
      { kind: 'drop-parameter', name: 'reasoning_effort', model },
      { kind: 'rename-parameter', from: 'max_tokens', to: 'max_completion_tokens', model },
    ] as const
    expect(edited({ body: { seed: 1, max_tokens: 5 }, draft: { lessons } })).toEqual({
      seed: undefined,
      max_tokens: undefined,
      max_completion_tokens: 5,
    })
    expect(
      edited({
        model: 'claude',
        wire: 'messages',
        body: { output_config: { effort: 'low' } },
        draft: { lessons },
      }),
    ).toEqual({ output_config: undefined })
    expect(
      edited({
        model: 'reasoner',
        wire: 'responses',
        body: { reasoning: { effort: 'low', summary: 'auto' } },
        draft: { lessons },
      }),
    ).toEqual({ reasoning: { summary: 'auto' } })
  })

  test('holds for later calls, for a while', async () => {
    const clock = createVirtualClock()
    const lessons = createLessons(clock)
    lessons.learn({ kind: 'drop-parameter', name: 'seed', model })
    lessons.learn({ kind: 'other-wire', wire: 'chat', model: 'gpt-5-mini' })
    lessons.learn({ kind: 'other-wire', wire: 'chat', model })
    expect(lessons.dropped(model, [])).toEqual(['seed'])
    expect(lessons.apply(modelOf('reasoner')).wires).toEqual(['responses'])
    // The entry names no other wire; OpenAI's own is the next best guess.
    expect(lessons.apply(modelOf('plain')).wires).toEqual(['responses'])
    lessons.learn({ kind: 'other-wire', wire: 'responses', model })
    expect(lessons.apply(modelOf('plain')).wires).toEqual(['chat'])
    await clock.advance(3_600_001)
    expect(lessons.dropped(model, [])).toEqual([])
    expect(lessons.apply(modelOf('reasoner')).wires).toEqual(['chat', 'responses'])
  })
})

describe('tools that a model refused', () => {
  const lesson = { kind: 'drop-parameter', name: 'tools: web_search', model: 'm' } as const
  const own = { type: 'function', name: 'f', parameters: {} }
  const search = { type: 'web_search', external_web_access: true }
  test.each([
    ['go, beside others', { tools: [own, search] }, { tools: [own] }, ['tools.web_search']],
    ['stay where nothing else is offered', { tools: [search] }, {}, []],
    [
      'stay where the choice insists',
      { tools: [own, search], tool_choice: { type: 'web_search' } },
      {},
      [],
    ],
    ['are not looked for where there are none', { tools: [own] }, {}, []],
    [
      'go by Anthropic’s name, too',
      { tools: [own, { type: 'web_search_20250305', name: 'web_search' }] },
      { tools: [own] },
      ['tools.web_search'],
    ],
    [
      'stay where the choice insists by name',
      {
        tools: [own, { type: 'web_search_20250305', name: 'web_search' }],
        tool_choice: { type: 'tool', name: 'web_search' },
      },
      {},
      [],
    ],
  ])('%s', (_, body, edits, degraded) => {
    const prepared = prepare({
      model: 'reasoner',
      wire: 'responses',
      body,
      draft: { lessons: [lesson] },
    })
    expect(Object.fromEntries(prepared.edits)).toEqual(edits)
    expect(prepared.degraded).toEqual(degraded)
  })
})
