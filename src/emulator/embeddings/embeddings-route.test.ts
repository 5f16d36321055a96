import { expect, test } from 'vitest'
import { call } from '../__fixtures__/caller.ts'
import { vector } from './embeddings-route.ts'

const MODEL = 'text-embedding-3-small'

test('a list of texts gets unit vectors, near each other when words are shared', async () => {
  await using caller = await call()
  const input = ['the cat sat', 'the cat sat down', 'quantum physics']
  const { status, json } = await caller.post('/embeddings', {
    model: MODEL,
    input,
    dimensions: 256,
  })
  expect(status).toBe(200)
  const [first, second, third] = json['data'].map((one) => one['embedding'] as unknown as number[])
  const dot = (left: number[] = [], right: number[] = []): number =>
    left.reduce((sum, value, at) => sum + value * (right[at] ?? 0), 0)
  expect(first).toHaveLength(256)
  expect(dot(first, first)).toBeCloseTo(1, 5)
  expect(dot(first, second)).toBeGreaterThan(dot(first, third) + 0.3)
  expect(json['model']).toBe(MODEL)
  expect(json['usage']).toEqual({ prompt_tokens: 11, total_tokens: 11 })
})

const REFUSED: readonly [name: string, body: object, text: string][] = [
  ['a bare string', { input: 'a' }, 'Bad Request\n'],
  ['lists of tokens', { input: [[1, 2]] }, 'Bad Request\n'],
  ['nothing', { input: [] }, 'Bad Request\n'],
  ['513 texts', { input: Array.from({ length: 513 }, () => 'a') }, 'too many inputs'],
  ['too many dimensions', { input: ['a'], dimensions: 4000 }, 'dimensions'],
  ['a chat model', { input: ['a'], model: 'gpt-4o' }, 'model_not_supported'],
]

for (const [name, body, text] of REFUSED) {
  test(`${name} is refused`, async () => {
    await using caller = await call()
    const answered = await caller.post('/embeddings', { model: MODEL, ...body })
    expect(answered.status).toBe(400)
    expect(answered.text).toContain(text)
  })
}

test('an embedding is billed by its tokens and is no premium request', async () => {
  await using caller = await call()
  await caller.post('/embeddings', { model: MODEL, input: ['abcdefgh'] })
  expect(caller.emulator.control.counters.read().billed['octo']).toEqual({
    requests: 1,
    premiumNano: 0,
    nanoAiu: 2 * 2000,
  })
})

test('a text without words still has a direction', () => {
  expect(Math.hypot(...vector('', 8))).toBeCloseTo(1, 5)
  expect(Math.hypot(...vector('?!', 3))).toBeCloseTo(1, 5)
})
