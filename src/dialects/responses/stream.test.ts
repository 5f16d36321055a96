import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { StreamOptions } from '../../core/dialect.ts'
import { BadGatewayError, ContextWindowExceededError, JetwayError } from '../../core/errors.ts'
import { asObject, asString, type JsonObject } from '../../core/json.ts'
import type { Part } from '../../core/parts.ts'
import * as streams from './__fixtures__/streams.ts'
import { responses, responsesWire } from './index.ts'

const options: StreamOptions = { requestId: 'req-1', includeUsage: true, nowMs: 1_790_000_000_000 }

function decode(chunks: readonly Uint8Array[], using = options): Part[] {
  const parts: Part[] = []
  const decoder = responsesWire.createStreamDecoder((part) => parts.push(part), using)
  for (const chunk of chunks) decoder.push(chunk)
  decoder.end()
  return parts
}

function encode(parts: readonly Part[], request: JsonObject = {}): string {
  const encoder = responses.createStreamEncoder({
    requestId: 'req-1',
    model: 'gpt-5.4',
    request,
    nowMs: options.nowMs,
    ...(request['input'] === undefined
      ? {}
      : { conversation: responses.decodeRequest(request, { params: {}, query: new Map() }) }),
  })
  return parts.map((part) => encoder.push(part)).join('')
}

function relay(chunks: readonly Uint8Array[], using = options): string {
  const filter = responsesWire.createRelayFilter(using)
  const out = chunks.map((chunk) => Buffer.from(filter.push(chunk)))
  return Buffer.concat([...out, filter.end()]).toString()
}

/** Deltas of one block joined, so that streams compare by what they say. */
function gist(parts: readonly Part[]): unknown[] {
  const joined: Record<string, unknown>[] = []
  for (const part of parts) {
    const last = joined.at(-1)
    if (part.type.endsWith('-delta') && last?.['type'] === part.type && 'text' in part) {
      last['text'] = `${String(last['text'])}${String(part.text)}`
    } else joined.push({ ...part })
  }
  return joined
}

function events(text: string): JsonObject[] {
  return text
    .split('\n\n')
    .filter((event) => event.includes('data: '))
    .map((event) => JSON.parse(event.slice(event.indexOf('data: ') + 6)) as JsonObject)
}

const eachCut = (text: string, check: (chunks: Uint8Array[]) => void): void => {
  const bytes = Buffer.from(text)
  for (let at = 0; at <= bytes.length; at++) {
    check([bytes.subarray(0, at), bytes.subarray(at)])
  }
  check([...bytes].map((byte) => Uint8Array.of(byte)))
}

/** What a client that follows the documentation comes to: by item id, from deltas and from closing events alike. */
function follow(stream: readonly JsonObject[]): {
  added: Map<string, string>
  done: Map<string, string>
  ids: string[]
} {
  const added = new Map<string, string>()
  const done = new Map<string, string>()
  const ids: string[] = []
  for (const event of stream) {
    const type = asString(event['type']) ?? ''
    const item = asObject(event['item'])
    const id = asString(event['item_id']) ?? asString(item?.['id'])
    if (type === 'response.output_item.added' && id !== undefined) {
      ids.push(id)
      added.set(id, '')
      continue
    }
    if (id === undefined) continue
    expect(added.has(id)).toBe(true)
    if (/(output_text|arguments|custom_tool_call_input)\.delta$/.test(type)) {
      added.set(id, `${added.get(id) ?? ''}${asString(event['delta']) ?? ''}`)
    }
    const whole = event['text'] ?? event['arguments'] ?? event['input']
    if (type.endsWith('.done') && typeof whole === 'string' && !type.includes('reasoning'))
      done.set(id, whole)
  }
  const closing = asObject(stream.at(-1)?.['response'])
  for (const [index, item] of ((closing?.['output'] ?? []) as JsonObject[]).entries()) {
    expect(item['id']).toBe(ids[index])
  }
  return { added, done, ids }
}

describe('decoding', () => {
  test('text with changing ids, usage and the price', () => {
    expect(gist(decode([Buffer.from(streams.text)]))).toMatchObject([
      { type: 'answer-start', model: 'gpt-5.4-2026-03-05', created: 1_790_000_000 },
      { type: 'text-start', index: 0 },
      { type: 'text-delta', index: 0, text: 'Grüß "item_id":"x" Gott 😀' },
      { type: 'text-end', index: 0 },
      {
        type: 'usage',
        usage: {
          inputTokens: 120,
          cachedInputTokens: 100,
          cacheWriteTokens: 0,
          outputTokens: 30,
          reasoningTokens: 12,
          nanoCredits: 7_654_321,
        },
      },
      { type: 'turn-end', reason: 'stop' },
    ])
  })

  test('reasoning with its seal, calls with their namespace, ciphertext never shown', () => {
    const parts = gist(decode([Buffer.from(streams.tools)]))
    expect(parts).toMatchObject([
      { type: 'answer-start' },
      { type: 'reasoning-start', index: 0, summary: true },
      { type: 'reasoning-delta', text: 'One.\n\nTwo.' },
      {
        type: 'reasoning-end',
        sealed: { origin: 'responses', kind: 'encrypted', data: streams.ARGUMENTS_SEAL },
      },
      {
        type: 'tool-start',
        index: 1,
        id: 'call_1',
        name: 'read',
        namespace: 'files',
        kind: 'json',
      },
      { type: 'tool-delta', text: '{"path":"a.txt"}' },
      { type: 'tool-end', text: '{"path":"a.txt"}' },
      { type: 'tool-start', index: 2, id: 'call_2', name: 'apply_patch', kind: 'text' },
      { type: 'tool-end', text: '*** Begin Patch\n+ "x"\n*** End Patch' },
      { type: 'usage' },
      { type: 'turn-end', reason: 'tool' },
    ])
    expect(gist(decode([Buffer.from(streams.ciphertextArguments)]))).toMatchObject([
      { type: 'answer-start' },
      { type: 'tool-start' },
      { type: 'tool-end', text: '{"path":"b"}' },
      { type: 'usage' },
      { type: 'turn-end' },
    ])
  })

  test('an answer cut by its limit, and items only this wire has', () => {
    expect(decode([Buffer.from(streams.stable)]).at(-1)).toEqual({
      type: 'turn-end',
      reason: 'length',
    })
    expect(decode([Buffer.from(streams.search)])).toMatchObject([
      { type: 'answer-start' },
      { type: 'opaque', value: { origin: 'responses', value: { type: 'web_search_call' } } },
      { type: 'text-start' },
      { type: 'text-delta' },
      { type: 'text-end', annotations: [{ type: 'url_citation' }] },
      { type: 'usage' },
      { type: 'turn-end', reason: 'stop' },
    ])
  })

  test('what only the closing event holds is not lost', () => {
    const [created, , , , , , , , , completed] = streams.text.split('\n\n')
    const parts = gist(decode([Buffer.from(`${created}\n\n${completed}\n\n`)]))
    expect(parts).toMatchObject([
      { type: 'answer-start' },
      { type: 'text-start' },
      { type: 'text-delta', text: 'Grüß "item_id":"x" Gott 😀' },
      { type: 'text-end' },
      { type: 'usage' },
      { type: 'turn-end' },
    ])
  })

  test('failures', () => {
    expect(decode([Buffer.from(streams.failed)]).at(-1)).toMatchObject({
      type: 'error',
      error: { name: 'RateLimitError', message: 'Slow down.' },
    })
    expect(decode([Buffer.from(streams.error)]).at(-1)).toMatchObject({
      type: 'error',
      error: { name: 'ServiceUnavailableError', message: 'Later.' },
    })
  })

  for (const [name, stream] of Object.entries({
    ...streams.complete,
    failed: streams.failed,
    error: streams.error,
  })) {
    test(`${name}: the same parts wherever it is cut`, () => {
      const whole = decode([Buffer.from(stream)])
      eachCut(stream, (chunks) => {
        expect(decode(chunks)).toEqual(whole)
      })
    })

    test(`${name}: ending early is an error, exactly one`, () => {
      const closing = stream.lastIndexOf('event: ')
      for (let at = 0; at < closing; at += 37) {
        const parts = decode([Buffer.from(stream).subarray(0, at)])
        expect(parts.filter(({ type }) => type === 'error' || type === 'turn-end')).toHaveLength(1)
        expect(parts.at(-1)?.type).toBe('error')
      }
    })
  }
})

describe('encoding', () => {
  for (const [name, stream] of Object.entries(streams.complete)) {
    test(`${name}: decoded, encoded and decoded again it says the same`, () => {
      const parts = decode([Buffer.from(stream)])
      const out = encode(parts)
      follow(events(out))
      expect(events(out).map((event) => event['sequence_number'])).toEqual(
        events(out).map((_, index) => index),
      )
      const strip = (list: readonly Part[]): unknown =>
        JSON.parse(
          JSON.stringify(gist(list), (key, value: unknown) =>
            // Ids and the name are ours; the price has no place here; the whole input is repeated by this wire alone.
            ['id', 'itemId', 'model', 'nanoCredits', 'logprobs'].includes(key) ? undefined : value,
          ),
        )
      // Deltas that were ciphertext are readable now.
      const plain = (list: unknown): unknown =>
        (list as JsonObject[]).filter(({ type }) => type !== 'tool-delta')
      expect(plain(strip(decode([Buffer.from(out)])))).toEqual(plain(strip(parts)))
    })
  }

  test('a ping is a comment; only one that follows another is an event', () => {
    const start: Part = { type: 'answer-start', id: 'x', model: 'y', created: 1 }
    const text: Part = { type: 'text-delta', index: 0, text: 'Hi' }
    const opened: Part[] = [start, { type: 'text-start', index: 0 }]
    const ping: Part = { type: 'ping' }
    const kept = (parts: readonly Part[]) =>
      events(encode(parts)).filter(({ type }) => type === 'keepalive').length
    expect(encode([ping, start])).toContain(': keep-alive')
    expect(kept([ping, ping, ping, start, ping])).toBe(0)
    expect(kept([...opened, ping, text, ping, text])).toBe(0)
    expect(kept([...opened, ping, ping, text, ping, ping, ping])).toBe(3)
  })

  test('the sequence of a text', () => {
    const out = events(
      encode([
        { type: 'answer-start', id: 'x', model: 'y', created: 1 },
        { type: 'text-start', index: 0 },
        { type: 'text-delta', index: 0, text: 'Hi' },
        { type: 'ping' },
        { type: 'ping' },
        { type: 'text-end', index: 0 },
        {
          type: 'usage',
          usage: {
            inputTokens: 3,
            cachedInputTokens: 1,
            cacheWriteTokens: 0,
            outputTokens: 2,
            reasoningTokens: 1,
          },
        },
        { type: 'turn-end', reason: 'length' },
      ]),
    )
    expect(out.map(({ type }) => type)).toEqual([
      'response.created',
      'response.in_progress',
      'response.output_item.added',
      'response.content_part.added',
      'response.output_text.delta',
      'keepalive',
      'response.output_text.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.incomplete',
    ])
    expect(out.at(-1)?.['response']).toMatchObject({
      status: 'incomplete',
      incomplete_details: { reason: 'max_output_tokens' },
      usage: {
        input_tokens: 3,
        input_tokens_details: { cached_tokens: 1 },
        output_tokens: 2,
        output_tokens_details: { reasoning_tokens: 1 },
        total_tokens: 5,
      },
      output: [
        { type: 'message', status: 'completed', content: [{ type: 'output_text', text: 'Hi' }] },
      ],
    })
  })

  const request: JsonObject = {
    input: 'x',
    include: ['reasoning.encrypted_content'],
    tools: [
      { type: 'custom', name: 'apply_patch' },
      { type: 'namespace', name: 'files', tools: [{ type: 'function', name: 'read' }] },
      { type: 'local_shell' },
    ],
  }

  test('calls go back to the form the client declared', () => {
    const out = events(
      encode(
        [
          { type: 'answer-start', id: 'x', model: 'y', created: 1 },
          { type: 'tool-start', index: 0, id: 'call_1', name: 'apply_patch', kind: 'json' },
          { type: 'tool-delta', index: 0, text: '{"input":"*** Be' },
          { type: 'tool-delta', index: 0, text: 'gin"}' },
          { type: 'tool-end', index: 0 },
          { type: 'tool-start', index: 1, id: 'call_2', name: 'files__read', kind: 'json' },
          { type: 'tool-delta', index: 1, text: '{}' },
          { type: 'tool-end', index: 1 },
          { type: 'tool-start', index: 2, id: 'call_3', name: 'local_shell', kind: 'json' },
          { type: 'tool-end', index: 2, text: '{"command":["ls"],"timeout_ms":5}' },
          { type: 'turn-end', reason: 'tool' },
        ],
        request,
      ),
    )
    const { added, ids } = follow(out)
    expect(added.get(ids[0] ?? '')).toBe('*** Begin')
    expect(asObject(out.at(-1)?.['response'])?.['output']).toMatchObject([
      { type: 'custom_tool_call', call_id: 'call_1', name: 'apply_patch', input: '*** Begin' },
      {
        type: 'function_call',
        call_id: 'call_2',
        name: 'read',
        namespace: 'files',
        arguments: '{}',
      },
      {
        type: 'local_shell_call',
        call_id: 'call_3',
        action: { type: 'exec', command: ['ls'], timeout_ms: 5, env: {} },
      },
    ])
  })

  test('a seal of another wire is wrapped for who asked, and left out else', () => {
    const sealed = { origin: 'messages', kind: 'signature', data: 'EqQB+/=' } as const
    const parts: Part[] = [
      { type: 'answer-start', id: 'x', model: 'y', created: 1 },
      { type: 'reasoning-start', index: 0, summary: false },
      { type: 'reasoning-delta', index: 0, text: 'So.' },
      { type: 'reasoning-end', index: 0, sealed },
      { type: 'reasoning-start', index: 1, summary: false },
      { type: 'reasoning-end', index: 1, sealed },
      { type: 'turn-end', reason: 'stop' },
    ]
    const ends = decode([Buffer.from(encode(parts, request))]).filter(
      ({ type }) => type === 'reasoning-end',
    )
    expect(ends).toMatchObject([{ sealed }, { sealed }])
    const without = encode(parts, { input: 'x' })
    expect(without).not.toContain('EqQB')
    expect(events(without).filter(({ type }) => type === 'response.output_item.done')).toHaveLength(
      1,
    )
  })

  test('a failure is an error event and a failed response', () => {
    const out = events(
      encode([
        { type: 'answer-start', id: 'x', model: 'y', created: 1 },
        { type: 'text-start', index: 0 },
        { type: 'text-delta', index: 0, text: 'Ha' },
        { type: 'error', error: new ContextWindowExceededError('Too long.') },
        { type: 'turn-end', reason: 'stop' },
      ]),
    )
    expect(out.slice(-2)).toMatchObject([
      {
        type: 'error',
        code: 'context_length_exceeded',
        message: 'Too long.',
        error: { message: 'Too long.' },
      },
      {
        type: 'response.failed',
        response: { status: 'failed', error: { code: 'context_length_exceeded' } },
      },
    ])
    expect(out.map((event) => event['sequence_number'])).toEqual(out.map((_, index) => index))
  })

  test('any parts in any order end in exactly one closing event, and add up', () => {
    const index = fc.integer({ min: 0, max: 3 })
    const piece = fc.oneof(
      fc.record({ type: fc.constant('text-start' as const), index }),
      fc.record({ type: fc.constant('text-delta' as const), index, text: fc.string() }),
      fc.record({ type: fc.constant('text-end' as const), index }),
      fc.record({ type: fc.constant('refusal-delta' as const), text: fc.string() }),
      fc.record({ type: fc.constant('reasoning-start' as const), index, summary: fc.boolean() }),
      fc.record({ type: fc.constant('reasoning-delta' as const), index, text: fc.string() }),
      fc.record({ type: fc.constant('reasoning-end' as const), index }),
      fc.record({
        type: fc.constant('tool-start' as const),
        index,
        id: fc.string(),
        name: fc.constantFrom('apply_patch', 'local_shell', 'f'),
        kind: fc.constantFrom('json' as const, 'text' as const),
      }),
      fc.record({ type: fc.constant('tool-delta' as const), index, text: fc.string() }),
      fc.record({ type: fc.constant('tool-end' as const), index }),
      fc.constant({ type: 'ping' as const }),
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const out = events(encode([...pieces, { type: 'turn-end', reason: 'stop' }], request))
        expect(
          out.filter(({ type }) =>
            /^(response\.(completed|failed|incomplete)|error)$/.test(asString(type) ?? ''),
          ),
        ).toHaveLength(1)
        const { added, done } = follow(out)
        for (const [id, whole] of done) expect(added.get(id)).toBe(whole)
      }),
    )
  })
})

describe('relaying', () => {
  for (const [name, stream] of Object.entries(streams.complete)) {
    test(`${name}: one id for each item, deltas that add up, the same wherever it is cut`, () => {
      const whole = relay([Buffer.from(stream)])
      const { added, done, ids } = follow(events(whole))
      expect(new Set(ids).size).toBe(ids.length)
      for (const id of ids) expect(id.length).toBeLessThanOrEqual(64)
      for (const [id, text] of done) expect(added.get(id)).toBe(text)
      const answers = events(whole).flatMap((event) => asObject(event['response'])?.['id'] ?? [])
      expect(new Set(answers).size).toBe(1)
      expect(whole).not.toContain('obfuscation')
      eachCut(stream, (chunks) => {
        expect(relay(chunks)).toBe(whole)
      })
      // What it says has not changed.
      const ours = new Set(['id', 'itemId', 'created'])
      const strip = (parts: readonly Part[]): unknown =>
        JSON.parse(
          JSON.stringify(gist(parts), (key, value: unknown) => (ours.has(key) ? undefined : value)),
        )
      const plain = (list: unknown): unknown =>
        (list as JsonObject[]).filter(({ type }) => type !== 'tool-delta')
      expect(plain(strip(decode([Buffer.from(whole)])))).toEqual(
        plain(strip(decode([Buffer.from(stream)]))),
      )
    })
  }

  test('an upstream that keeps its ids gets every byte handed on', () => {
    const filter = responsesWire.createRelayFilter(options)
    const bytes = Buffer.from(streams.stable)
    expect(filter.push(bytes)).toBe(bytes)
    expect(filter).toMatchObject({
      finished: true,
      failure: undefined,
      usage: { inputTokens: 120, outputTokens: 30 },
    })
    expect(filter.end()).toHaveLength(0)
  })

  test('the name asked for stands in every response', () => {
    const out = events(relay([Buffer.from(streams.text)], { ...options, model: 'gpt-5.4' }))
    const names = out.flatMap((event) => asObject(event['response'])?.['model'] ?? [])
    expect(names).toEqual(['gpt-5.4', 'gpt-5.4', 'gpt-5.4'])
    expect(asObject(out.at(-1)?.['response'])?.['output_text']).toBe('Grüß "item_id":"x" Gott 😀')
  })

  test('a stream cut early ends with an error and a failed response', () => {
    const at = streams.text.indexOf('event: response.output_text.done')
    const filter = responsesWire.createRelayFilter(options)
    filter.push(Buffer.from(streams.text.slice(0, at)))
    const tail = events(Buffer.from(filter.end()).toString())
    expect(tail).toMatchObject([
      { type: 'error', sequence_number: 6 },
      {
        type: 'response.failed',
        sequence_number: 7,
        response: { object: 'response', status: 'failed', error: { code: 'server_error' } },
      },
    ])
    expect(filter).toMatchObject({ finished: false, failure: { name: 'APIConnectionError' } })
  })

  test('failures are read, and an error event gets its failed response', () => {
    const filter = responsesWire.createRelayFilter(options)
    const out = events(Buffer.from(filter.push(Buffer.from(streams.error))).toString())
    expect(out.map(({ type }) => type)).toEqual(['response.created', 'error', 'response.failed'])
    expect(filter.failure).toMatchObject({ name: 'ServiceUnavailableError' })
    expect(filter.end()).toHaveLength(0)

    const failed = responsesWire.createRelayFilter(options)
    failed.push(Buffer.from(streams.failed))
    expect(failed.failure).toMatchObject({ name: 'RateLimitError' })
    expect(failed.fail(new JetwayError('late'))).toHaveLength(0)
    expect(failed.end()).toHaveLength(0)
  })
})

test('any bytes: a valid end or an error, never a crash', () => {
  const line = fc.oneof(
    fc.string(),
    fc.json().map((json) => `data: ${json}`),
    fc.constantFrom(...streams.tools.split('\n\n'), ...streams.text.split('\n\n')),
    fc.constantFrom(
      'event: error',
      'data: [DONE]',
      'data: {"type":"response.output_item.added","output_index":0,"item":null}',
      'data: {"type":"response.completed"}',
    ),
  )
  fc.assert(
    fc.property(fc.array(line, { maxLength: 12 }), fc.uint8Array(), (lines, noise) => {
      const chunks = [Buffer.from(`${lines.join('\n\n')}\n\n`), noise]
      const parts = decode(chunks)
      expect(parts.filter(({ type }) => type === 'error' || type === 'turn-end')).toHaveLength(1)
      const filter = responsesWire.createRelayFilter(options)
      try {
        for (const chunk of chunks) filter.push(chunk)
        filter.end()
      } catch (error) {
        expect(error).toBeInstanceOf(BadGatewayError)
        filter.fail(error as JetwayError)
      }
      expect(filter.finished || filter.failure !== undefined).toBe(true)
    }),
    { numRuns: 300 },
  )
})

test('an error in the form of OpenAI’s chat is this wire’s error event', () => {
  const bytes = Buffer.from('data: {"error":{"code":"rate_limited","message":"Slow down."}}\n\n')
  expect(decode([bytes]).at(-1)).toMatchObject({ type: 'error', error: { message: 'Slow down.' } })
  const out = events(relay([bytes]))
  expect(out[0]).toMatchObject({ type: 'error', error: { message: 'Slow down.' } })
})
