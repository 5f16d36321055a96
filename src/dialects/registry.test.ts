import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { EncodeContext, GenerateDialect } from '../core/dialect.ts'
import {
  BadGatewayError,
  BadRequestError,
  ERROR_TABLE,
  errorFromStatus,
  JetwayError,
} from '../core/errors.ts'
import type { Part } from '../core/parts.ts'
import { arbitraryAnswer } from './__fixtures__/arbitrary-parts.ts'
import { expectGoodGrammar } from './__fixtures__/part-grammar.ts'
import { dialects, wires } from './index.ts'

const path = { params: { model: 'm' }, query: new Map<string, string>() }
const context: EncodeContext = {
  requestId: 'request-1',
  model: 'asked-for',
  request: {},
  nowMs: 1_790_000_000_000,
}
const options = { requestId: 'request-1', includeUsage: true, nowMs: 1_790_000_000_000 }

describe.each([...dialects])('dialect %s', (id, dialect) => {
  test('is registered under its own id', () => {
    expect(dialect.id).toBe(id)
    expect(id.startsWith(dialect.name)).toBe(true)
  })

  test('says every error in its own shape, with its status', () => {
    for (const { status } of Object.values(ERROR_TABLE)) {
      const { status: sent, body } = dialect.encodeError(
        errorFromStatus(status, 'What is wrong'),
        'r',
      )
      expect(sent).toBeGreaterThanOrEqual(400)
      expect(JSON.stringify(body)).toContain('What is wrong')
    }
  })

  test('refuses an empty body by naming what is missing', () => {
    expect(() => dialect.decodeRequest({}, path)).toThrow(BadRequestError)
    expect(() => dialect.decodeRequest({}, path)).toThrow(/`\w+` must be/)
  })
})

const generating = [...dialects.values()].filter(
  (dialect): dialect is GenerateDialect => dialect.operation === 'generate',
)

describe.each(generating.map((dialect) => [dialect.id, dialect] as const))(
  'stream of %s',
  (_, dialect) => {
    const encode = (parts: readonly Part[]): string[] => {
      const encoder = dialect.createStreamEncoder(context)
      return parts.map((part) => encoder.push(part))
    }

    test('breaks off anywhere with an error, and says nothing after it', () => {
      fc.assert(
        fc.property(arbitraryAnswer, fc.nat(30), (parts, at) => {
          const cut = parts.slice(0, at).filter((part) => part.type !== 'turn-end')
          const failed: Part = { type: 'error', error: new BadGatewayError('It broke.') }
          const sent = encode([...cut, failed, { type: 'turn-end', reason: 'stop' }])
          expect(sent.at(-2)).toContain('It broke.')
          expect(sent.at(-1)).toBe('')
        }),
      )
    })

    test('says nothing after its end', () => {
      fc.assert(
        fc.property(arbitraryAnswer, (parts) => {
          const sent = encode([...parts, { type: 'error', error: new BadGatewayError('late') }])
          expect(sent.at(-2)).not.toBe('')
          expect(sent.at(-1)).toBe('')
        }),
      )
    })
  },
)

const anything = fc.oneof(
  fc.uint8Array({ maxLength: 200 }),
  fc.jsonValue({ maxDepth: 3 }).map((value) => Buffer.from(`data: ${JSON.stringify(value)}\n\n`)),
  fc
    .tuple(
      fc.constantFrom(
        'message_start',
        'content_block_delta',
        'response.output_item.added',
        'error',
      ),
      fc.dictionary(
        fc.constantFrom(
          'type',
          'index',
          'delta',
          'item',
          'response',
          'message',
          'error',
          'choices',
          'output_index',
        ),
        fc.jsonValue({ maxDepth: 2 }),
      ),
    )
    .map(([event, data]) =>
      Buffer.from(`event: ${event}\ndata: ${JSON.stringify({ type: event, ...data })}\n\n`),
    ),
)

describe.each([...wires])('wire %s', (name, wire) => {
  test('is registered under its own name', () => {
    expect(wire.name).toBe(name)
    expect(wire.path).toMatch(/^\//)
  })

  test('decodes any bytes to a stream of good grammar', () => {
    fc.assert(
      fc.property(fc.array(anything, { maxLength: 5 }), (chunks) => {
        const parts: Part[] = []
        const decoder = wire.createStreamDecoder((part) => parts.push(part), options)
        for (const bytes of chunks) decoder.push(bytes)
        decoder.end()
        expectGoodGrammar(parts)
      }),
      { numRuns: 300 },
    )
  })

  test('relays any bytes to a closing event or an error event', () => {
    fc.assert(
      fc.property(fc.array(anything, { maxLength: 5 }), (chunks) => {
        const filter = wire.createRelayFilter(options)
        const sent: Uint8Array[] = []
        try {
          for (const bytes of chunks) sent.push(filter.push(bytes))
          sent.push(filter.end())
        } catch (error) {
          // What a filter throws, the engine gives back to it, for the client's sake.
          expect(error).toBeInstanceOf(JetwayError)
          sent.push(filter.fail(error as JetwayError))
          expect(filter.finished).toBe(false)
        }
        if (!filter.finished) expect(Buffer.concat(sent).toString()).toContain('error')
        expect(filter.fail(new BadGatewayError('late'))).toHaveLength(0)
      }),
      { numRuns: 300 },
    )
  })

  test('reads any body as an answer or throws an error of ours', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array(),
          fc.json().map((text) => Buffer.from(text)),
        ),
        (bytes) => {
          try {
            wire.repairAnswer(bytes, options)
          } catch (error) {
            expect(error).toBeInstanceOf(JetwayError)
          }
        },
      ),
    )
  })
})
