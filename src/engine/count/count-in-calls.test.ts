import { countTokens } from 'gpt-tokenizer/encoding/o200k_base'
import { expect, test } from 'vitest'
import type { JsonObject } from '../../core/json.ts'
import { dialects, wires } from '../../dialects/index.ts'
import { ask, good, useHouses } from '../__fixtures__/served-house.ts'
import { tinyModel } from '../__fixtures__/tiny-upstream.ts'
import { createTokenizers } from './tokenizers.ts'
import type { Tokenizers } from './tokenizers.ts'

const { house } = useHouses()

// What is counted is not what is estimated.
const words = 'internationalization, '.repeat(10)
const counted = countTokens(words)

const messages: JsonObject = { messages: [{ role: 'user', content: words }] }
const gemini: JsonObject = { contents: [{ role: 'user', parts: [{ text: words }] }] }

async function count(
  [dialect, body]: readonly [string, JsonObject],
  tokenizer: string | undefined,
  tokenizers?: Tokenizers,
) {
  const { engine, server } = await house([good], {
    dialects,
    wires,
    ...(tokenizers === undefined ? {} : { tokenizers }),
    upstream: { models: [tinyModel('one', { tokenizer })] },
  })
  const call = { dialect, operation: 'count-tokens' } as const
  const { sink } = await ask(engine, { model: 'one', ...body }, call)
  expect(server.received).toEqual([])
  expect(sink.status).toBe(200)
  expect(sink.headers['x-jetway-degraded']).toBe('estimated')
  const answer = JSON.parse(sink.text) as Record<string, number>
  return answer['input_tokens'] ?? answer['totalTokens'] ?? 0
}

const missing = createTokenizers(() => Promise.resolve(undefined))

test.each([
  ['messages', ['messages:count_tokens', messages]],
  ['gemini', ['gemini:countTokens', gemini]],
] as const)(
  '%s: by the tokenizer that the catalogue names, marked as an estimate',
  async (_n, call) => {
    const frame = 7
    expect(await count(call, 'o200k_base')).toBe(counted + frame)
    // By their characters, where there is no tokenizer to count with.
    const estimated = words.length / 4 + frame
    expect(Math.abs(estimated - counted - frame)).toBeGreaterThan(5)
    expect(await count(call, 'o200k_base', missing)).toBe(Math.ceil(estimated))
    expect(await count(call, 'nobody_knows')).toBe(Math.ceil(estimated))
    expect(await count(call, undefined)).toBe(Math.ceil(estimated))
  },
)

test('nothing is said to a client that goes away meanwhile', async () => {
  const gone = new AbortController()
  const { engine } = await house([good], {
    dialects,
    wires,
    tokenizers: {
      find: () =>
        Promise.resolve().then(() => {
          gone.abort()
          return undefined
        }),
    },
    upstream: { models: [tinyModel('one')] },
  })
  const call = {
    dialect: 'messages:count_tokens',
    operation: 'count-tokens',
    signal: gone.signal,
  } as const
  const { sink, record } = await ask(engine, { model: 'one', ...messages }, call)
  expect(sink.events).toEqual([])
  expect(record.outcome).toBe('aborted')
})
