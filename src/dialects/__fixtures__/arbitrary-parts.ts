import fc from 'fast-check'
import type { FinishReason, Sealed } from '../../core/conversation.ts'
import type { Part } from '../../core/parts.ts'
import type { Usage } from '../../core/usage.ts'

const count = fc.nat(10_000)

const arbitraryUsage: fc.Arbitrary<Usage> = fc
  .record({ input: count, cached: count, output: count, reasoning: count })
  .map(({ input, cached, output, reasoning }) => ({
    inputTokens: input + cached,
    cachedInputTokens: cached,
    cacheWriteTokens: 0,
    outputTokens: output + reasoning,
    reasoningTokens: reasoning,
  }))

const arbitrarySealed: fc.Arbitrary<Sealed> = fc.record({
  origin: fc.constantFrom('chat', 'messages', 'responses', 'gemini'),
  kind: fc.constantFrom('signature', 'encrypted', 'opaque'),
  data: fc.base64String({ minLength: 4, maxLength: 40 }),
})

type Block =
  | { readonly kind: 'text'; readonly pieces: readonly string[] }
  | { readonly kind: 'reasoning'; readonly pieces: readonly string[]; readonly sealed: Sealed | undefined }
  | { readonly kind: 'tool'; readonly name: string; readonly input: unknown }

const pieces = fc.array(fc.string({ minLength: 1, unit: 'grapheme' }), { minLength: 1, maxLength: 3 })

/** Keys that JavaScript does not move to the front, so that printing an object keeps its order. */
const key = fc.string({ minLength: 1 }).map((text) => `k${text}`)
const input = fc.dictionary(key, fc.oneof(fc.string(), fc.integer(), fc.boolean()), { maxKeys: 3 })

const said: fc.Arbitrary<Block> = fc.oneof(
  fc.record({ kind: fc.constant('text' as const), pieces }),
)
const thought: fc.Arbitrary<Block> = fc.record({
  kind: fc.constant('reasoning' as const),
  pieces,
  sealed: fc.option(arbitrarySealed, { nil: undefined }),
})
const called: fc.Arbitrary<Block> = fc.record({
  kind: fc.constant('tool' as const),
  name: fc.constantFrom('get_weather', 'write_file', 'search'),
  input,
})

const finish: fc.Arbitrary<FinishReason> = fc.constantFrom('stop', 'length', 'filter')

/** A streamed answer as models give it: at most one thought, then at most one text, then calls. */
export const arbitraryAnswer: fc.Arbitrary<readonly Part[]> = fc
  .record({
    thought: fc.option(thought, { nil: undefined }),
    said: fc.option(said, { nil: undefined }),
    calls: fc.array(called, { maxLength: 3 }),
    usage: fc.option(arbitraryUsage, { nil: undefined }),
    finish,
  })
  .map(({ thought: first, said: second, calls, usage, finish: reason }) => {
    const blocks = [first, second, ...calls].filter((block) => block !== undefined)
    const parts: Part[] = [{ type: 'answer-start', id: 'a', model: 'm', created: 5 }]
    for (const [index, block] of blocks.entries()) parts.push(...partsOf(block, index))
    if (usage !== undefined) parts.push({ type: 'usage', usage })
    parts.push({ type: 'turn-end', reason: calls.length > 0 ? 'tool' : reason })
    return parts
  })

function partsOf(block: Block, index: number): readonly Part[] {
  switch (block.kind) {
    case 'text':
      return [
        { type: 'text-start', index },
        ...block.pieces.map((text) => ({ type: 'text-delta' as const, index, text })),
        { type: 'text-end', index },
      ]
    case 'reasoning':
      return [
        { type: 'reasoning-start', index, summary: false },
        ...block.pieces.map((text) => ({ type: 'reasoning-delta' as const, index, text })),
        { type: 'reasoning-end', index, ...(block.sealed ? { sealed: block.sealed } : {}) },
      ]
    case 'tool': {
      const text = JSON.stringify(block.input)
      const middle = Math.ceil(text.length / 2)
      return [
        { type: 'tool-start', index, id: `call_${index}`, name: block.name, kind: 'json' },
        { type: 'tool-delta', index, text: text.slice(0, middle) },
        { type: 'tool-delta', index, text: text.slice(middle) },
        { type: 'tool-end', index },
      ]
    }
    default:
      throw new TypeError('no such block')
  }
}
