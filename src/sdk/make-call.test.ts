import { describe, expect, test } from 'vitest'
import { BadRequestError } from '../core/errors.ts'
import { makeCall } from './make-call.ts'
import type { Door } from './make-call.ts'
import type { CallExtras } from './types/options.ts'

const CHAT: Door = { dialect: 'chat', operation: 'generate' }
const { signal } = new AbortController()

function call(options: CallExtras & object, defaults: CallExtras = {}) {
  return makeCall(CHAT, options, defaults, signal)
}

describe('a call from options', () => {
  test('what is ours stays out of the body, everything else goes into it', () => {
    const made = call({
      model: 'github_copilot/gpt-4o',
      messages: [],
      stream: true,
      temperature: 0,
      something_new: { deep: [null] },
      api_base: 'http://127.0.0.1:1',
      api_key: 'sk-1',
      extra_headers: { 'Editor-Version': 'vscode/1.85.1' },
      timeout: 1.5,
      stream_timeout: 2,
      num_retries: 0,
      fallbacks: ['gpt-4.1'],
      drop_params: true,
      use_defaults: false,
      signal,
    } as object)
    const body = {
      model: 'github_copilot/gpt-4o',
      messages: [],
      stream: true,
      temperature: 0,
      something_new: { deep: [null] },
    }
    expect(made.body.json).toEqual(body)
    expect(JSON.parse(Buffer.from(made.body.bytes).toString())).toEqual(body)
    expect(made).toMatchObject({ model: 'github_copilot/gpt-4o', stream: true })
    expect(made.options).toEqual({
      timeoutMs: 1500,
      streamTimeoutMs: 2000,
      retries: 0,
      fallbacks: ['gpt-4.1'],
      dropParams: true,
      apiBase: 'http://127.0.0.1:1',
      apiKey: 'sk-1',
      sdkDefaults: false,
    })
    expect([...made.headers]).toEqual([['editor-version', 'vscode/1.85.1']])
  })

  test("the caller's objects are neither changed nor shared", () => {
    const messages = [{ role: 'user', content: 'hello' }]
    const frozen = Object.freeze({ messages: Object.freeze(messages) })
    const made = call(frozen)
    messages[0]!.content = 'changed later'
    expect(made.body.json['messages']).toEqual([{ role: 'user', content: 'hello' }])
  })

  test('the client speaks where the call does not', () => {
    const defaults: CallExtras = {
      timeout: 1,
      num_retries: 5,
      extra_headers: { 'X-A': 'client', 'x-b': 'client' },
      drop_params: true,
    }
    const { options, headers } = call({ timeout: 2, extra_headers: { 'x-a': 'call' } }, defaults)
    expect(options).toMatchObject({ timeoutMs: 2000, retries: 5, dropParams: true })
    expect(Object.fromEntries(headers)).toEqual({ 'x-a': 'call', 'x-b': 'client' })
  })

  test('extra_body is merged into the body', () => {
    expect(call({ extra_body: { snippy: { enabled: false } } }).body.json).toEqual({
      snippy: { enabled: false },
    })
  })

  test('a credential or a connection header cannot be set', () => {
    const { headers } = call({
      extra_headers: { Authorization: 'Bearer x', Cookie: 'a=b', Host: 'h', 'x-kept': 'y' },
    })
    expect(Object.fromEntries(headers)).toEqual({ 'x-kept': 'y' })
  })

  const wrong: readonly [string, object, string][] = [
    ['a model that is no text', { model: 4 }, 'model'],
    ['a timeout of 0', { timeout: 0 }, 'timeout'],
    ['a timeout that is no number', { timeout: '10' }, 'timeout'],
    ['half a retry', { num_retries: 0.5 }, 'num_retries'],
    ['a header with a line break', { extra_headers: { 'x-a': 'a\r\nx-b: c' } }, 'extra_headers'],
    ['a header whose name is none', { extra_headers: { 'x a': 'b' } }, 'extra_headers'],
  ]
  test.each(wrong)('%s is refused by name', (_name, options, param) => {
    expect(() => call(options)).toThrow(BadRequestError)
    expect(() => call(options)).toThrow(param)
  })

  test('a cycle is refused in words', () => {
    const cycle: Record<string, unknown> = {}
    cycle['self'] = cycle
    expect(() => call({ messages: cycle } as object)).toThrow('a cycle or a BigInt')
  })
})
