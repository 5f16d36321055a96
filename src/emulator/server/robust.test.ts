import { connect } from 'node:net'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { call } from '../__fixtures__/caller.ts'

const json = fc.jsonValue({ maxDepth: 4 })
const text = fc.oneof(fc.string(), json)

/** Things that are nearly right reach deeper than noise does. */
const part = fc.record(
  {
    type: fc.oneof(
      fc.constantFrom(
        'text',
        'image_url',
        'image',
        'tool_use',
        'tool_result',
        'thinking',
        'message',
        'reasoning',
      ),
      fc.constantFrom(
        'function_call',
        'function_call_output',
        'input_image',
        'custom_tool_call',
        'document',
      ),
      json,
    ),
    text,
    id: text,
    call_id: text,
    tool_use_id: text,
    image_url: json,
    source: json,
    content: json,
    output: json,
    input: json,
    name: text,
    arguments: text,
    signature: text,
    thinking: text,
    encrypted_content: text,
    cache_control: json,
    role: fc.oneof(fc.constantFrom('user', 'assistant', 'tool', 'system', 'developer'), json),
    tool_calls: json,
  },
  { requiredKeys: [] },
)
const turn = fc.record(
  {
    role: fc.oneof(fc.constantFrom('user', 'assistant', 'tool', 'system'), json),
    content: fc.oneof(fc.string(), fc.array(part, { maxLength: 3 }), json),
    tool_calls: fc.oneof(fc.array(part, { maxLength: 2 }), json),
    tool_call_id: text,
  },
  { requiredKeys: ['role', 'content'] },
)
const tool = fc.oneof(
  fc.record({
    type: fc.constantFrom('function', 'custom', 'namespace'),
    name: text,
    function: json,
    parameters: json,
    tools: json,
  }),
  fc.record({ name: fc.string(), input_schema: json }),
  json,
)
const common = {
  tools: fc.oneof(fc.array(tool, { maxLength: 3 }), json),
  tool_choice: json,
  stream: fc.boolean(),
}
const optional = (model: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<object> =>
  fc.record(model, { requiredKeys: ['model'] })

const WIRES: readonly [path: string, body: fc.Arbitrary<object>][] = [
  [
    '/chat/completions',
    optional({
      ...common,
      model: fc.constantFrom('gpt-4o', 'gpt-5-mini', 'claude-sonnet-4.6', 'gemini-2.5-pro'),
      messages: fc.oneof(fc.array(turn, { maxLength: 4 }), json),
      n: json,
      stop: json,
      max_tokens: json,
      temperature: json,
      response_format: json,
      reasoning_effort: json,
      logprobs: json,
      top_logprobs: fc.nat(3),
    }),
  ],
  [
    '/responses',
    optional({
      ...common,
      model: fc.constantFrom('gpt-5.4', 'gpt-5-mini', 'grok-4.6'),
      input: fc.oneof(fc.array(fc.oneof(part, turn), { maxLength: 4 }), text),
      instructions: json,
      reasoning: json,
      include: json,
      text: json,
      max_output_tokens: json,
    }),
  ],
  [
    '/v1/messages',
    optional({
      ...common,
      model: fc.constantFrom('claude-sonnet-4.6', 'claude-opus-4.8', 'claude-haiku-4.5'),
      messages: fc.oneof(fc.array(turn, { maxLength: 4 }), json),
      system: json,
      max_tokens: fc.oneof(fc.constant(100), json),
      thinking: json,
      output_config: json,
      stop_sequences: json,
      metadata: json,
    }),
  ],
  [
    '/embeddings',
    optional({ model: fc.constant('text-embedding-3-small'), input: json, dimensions: json }),
  ],
]

for (const [path, body] of WIRES) {
  test(`${path}: whatever is in the body, it is answered or refused, never a defect`, async () => {
    await using caller = await call({ tokenLifetimeSeconds: 1_000_000 })
    const headers = { authorization: caller.headers()['authorization'] }
    await fc.assert(
      fc.asyncProperty(body, async (given) => {
        const { status, text: answer } = await caller.post(path, given, headers)
        expect([status, status >= 500 ? answer : '']).toEqual([status, ''])
        expect(answer.length).toBeGreaterThan(0)
      }),
      { numRuns: 250, seed: 20_261_121 },
    )
    const defects = caller.emulator.control.requests.list({ gate: 'emulator-defect' })
    expect(defects).toEqual([])
  })
}

for (const path of ['/models/%ZZ', '//', '/%', '/models/a%2Fb', '/*', '/?%']) {
  test(`the path ${path} is answered`, async () => {
    await using caller = await call()
    const { port } = caller.emulator
    const answer = await new Promise<string>((resolve, reject) => {
      const socket = connect(port, '127.0.0.1', () => {
        socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)
      })
      let read = ''
      socket.on('data', (chunk) => (read += chunk.toString()))
      socket.on('end', () => {
        resolve(read)
      })
      socket.on('error', reject)
    })
    expect(answer).toMatch(/^HTTP\/1\.1 4\d\d /)
  })
}
