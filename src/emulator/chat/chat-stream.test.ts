import { expect, test } from 'vitest'
import { call, chatTool, user } from '../__fixtures__/caller.ts'
import type { Loose } from '../__fixtures__/caller.ts'

const TWO = 'call add {"a":1,"b":2} and call add {"a":3,"b":4}'

test('a stream of a GPT model: filter first, text, finish with usage, done', async () => {
  await using caller = await call()
  const { events, text, headers } = await caller.chat({
    messages: [user('say: one two three')],
    stream: true,
  })
  expect(headers.get('content-type')).toBe('text/event-stream')
  expect(events[0]).toMatchObject({ choices: [], id: '', model: '', object: '', created: 0 })
  expect(events[0]).toHaveProperty('prompt_filter_results')
  const deltas = events
    .slice(1)
    .map((one) => one['choices'][0]?.['delta']['content'] as string | null)
  expect(deltas).toEqual(['', 'one', ' two', ' three', null])
  const last = events.at(-1)
  expect(last?.['choices'][0]?.['finish_reason']).toBe('stop')
  expect(last?.['usage']).toMatchObject({ completion_tokens: 3 })
  expect(last).not.toHaveProperty('object')
  expect(text.endsWith('data: [DONE]\n\n')).toBe(true)
})

test('a stream of Claude repeats the role in every delta', async () => {
  await using caller = await call()
  const { events } = await caller.chat({ model: 'claude-sonnet-4.6', stream: true })
  const choices = events.map((one) => one['choices'][0]).slice(0, -1)
  expect(choices.length).toBeGreaterThan(5)
  expect(choices.every((one) => (one?.['delta']['role'] as string) === 'assistant')).toBe(true)
})

for (const zero of [false, true]) {
  test(`parallel tool calls in a stream claim index ${zero ? '0' : 'each its own'}`, async () => {
    await using caller = await call({
      quirks: [{ model: '*', quirks: { toolIndexZero: zero } }],
    })
    const { events } = await caller.chat({
      messages: [user(TWO)],
      tools: [chatTool('add')],
      stream: true,
    })
    const calls = events.flatMap(
      (one): readonly Loose[] => one['choices'][0]?.['delta']['tool_calls'] ?? [],
    )
    const heads = calls.filter((one) => one['id'] !== undefined)
    expect(heads).toHaveLength(2)
    expect(heads.map((one) => one['index'])).toEqual(zero ? [0, 0] : [0, 1])
    expect(new Set(heads.map((one) => one['id'])).size).toBe(2)
    const args = calls.map((one) => one['function']['arguments']).join('')
    expect(args).toBe('{"a":1,"b":2}{"a":3,"b":4}')
  })
}

test('every stream quirk shows on the wire, and only when it is switched on', async () => {
  await using caller = await call()
  const { control } = caller.emulator
  const lines = async (
    quirks: object,
    body: object = {},
  ): Promise<{ text: string; events: Loose[] }> => {
    control.quirks.clear()
    control.quirks.set({ model: 'gpt-4o', quirks })
    return caller.chat({ messages: [user('say: hello world')], stream: true, ...body })
  }
  expect((await lines({ missingFinish: true })).text).not.toContain('"finish_reason":"stop"')
  expect((await lines({ doneMarker: false })).text).not.toContain('[DONE]')
  expect((await lines({ commentEvery: 1 })).text).toMatch(/^: keep-alive\n\ndata: /)
  expect((await lines({ promptFilterFirst: false })).events[0]?.['choices']).toHaveLength(1)
  const own = await lines({ usageAt: 'own' })
  expect(own.events.at(-1)).toMatchObject({ choices: [], usage: { completion_tokens: 2 } })
  expect(own.events.at(-2)).not.toHaveProperty('usage')
  expect((await lines({ usageAt: 'never' })).text).not.toContain('"usage"')
  expect((await lines({ copilotUsage: false })).text).not.toContain('copilot_usage')
  const none = await lines({ nullChoices: true })
  expect(none.events.filter((one) => one['choices'] === null)).toHaveLength(3)
  expect((await lines({ missingObject: false })).events[1]?.['object']).toBe(
    'chat.completion.chunk',
  )
  expect((await lines({ missingCreated: 'always' })).events[1]).not.toHaveProperty('created')
  expect((await lines({ annotations: true })).text).toContain('copilot_annotations')
  const thinking = await caller.chat({
    model: 'claude-sonnet-4.6',
    reasoning_effort: 'low',
    stream: true,
  })
  expect(thinking.text).toContain('reasoning_text')
  control.quirks.set({ model: 'claude-sonnet-4.6', quirks: { reasoningAs: 'cot_summary' } })
  const older = await caller.chat({
    model: 'claude-sonnet-4.6',
    reasoning_effort: 'low',
    stream: true,
  })
  expect([older.text.includes('cot_summary'), older.text.includes('reasoning_text')]).toEqual([
    true,
    false,
  ])
  const closed = await lines({ closeAfter: 2 })
  expect([closed.events.length, closed.text.includes('[DONE]')]).toEqual([2, false])
  const broken = await lines({ errorAfter: 3, errorCode: 'rate_limited' })
  expect(broken.events).toHaveLength(4)
  expect(broken.events.at(-1)?.['error']['code']).toBe('rate_limited')
  const usual = await lines({})
  expect(usual.text).not.toMatch(/keep-alive|copilot_annotations|"choices":null|"error"/)
})

test('thinking comes as reasoning_text and one reasoning_opaque, which must come back unaltered', async () => {
  await using caller = await call()
  const ask = { model: 'claude-sonnet-4.6', reasoning_effort: 'high', messages: [user('hello')] }
  const { events } = await caller.chat({ ...ask, stream: true })
  const deltas = events.map((one) => one['choices'][0]?.['delta'] as Loose)
  const opaque = deltas.flatMap((delta) => delta['reasoning_opaque'] ?? [])
  expect(opaque).toHaveLength(1)
  expect(deltas.map((delta) => delta['reasoning_text'] ?? '').join('')).toContain('hello')

  const next = (given: string): Promise<{ status: number; text: string }> =>
    caller.chat({
      ...ask,
      messages: [
        user('hello'),
        { role: 'assistant', content: 'hi', reasoning_text: 'x', reasoning_opaque: given },
        user('again'),
      ],
    })
  const whole = opaque.join('')
  expect((await next(whole)).status).toBe(200)
  for (const altered of [whole.slice(0, -4), `A${whole.slice(1)}`, 'nonsense']) {
    const refused = await next(altered)
    expect([refused.status, refused.text.includes('could not be verified')]).toEqual([400, true])
  }
  caller.emulator.control.quirks.set({ model: '*', quirks: { splitOpaque: true } })
  const split = await caller.chat({ ...ask, stream: true })
  const halves = split.events.flatMap(
    (one) => one['choices'][0]?.['delta']['reasoning_opaque'] ?? [],
  )
  expect(halves).toHaveLength(2)
  expect((await next(halves.join(''))).status).toBe(200)
})
