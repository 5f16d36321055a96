import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { JsonObject } from '../core/json.ts'
import type { WireName } from '../core/model.ts'
import type { Mend } from '../core/upstream.ts'
import type { DraftInput, World } from './__fixtures__/world.ts'
import { createWorld, never } from './__fixtures__/world.ts'
import type { CopilotUpstream } from './index.ts'

const at = { seat: 'own' }
let world: World
let copilot: CopilotUpstream

beforeAll(async () => {
  world = await createWorld()
  world.emulator.control.models.put({
    entry: {
      ...world.emulator.control.models.list().find(({ id }) => id === 'gpt-5-mini'),
      id: 'elsewhere',
      supported_endpoints: ['/chat/completions', '/responses'],
    } as never,
    like: 'gpt-5-mini',
  })
  copilot = world.copilot({ credential: world.emulator.control.tokens.issue().value })
})
afterAll(async () => {
  await world[Symbol.asyncDispose]()
})

/** Sends, mends and sends again, as the engine does; what was done on the way, and the last status. */
async function callWithMends(
  input: DraftInput,
): Promise<{ status: number; mends: string[]; body: string }> {
  const mends: Mend[] = []
  let wire: WireName = input.wire ?? 'chat'
  for (;;) {
    const draft = { ...input, wire, attempt: mends.length + 1, lessons: mends }
    const access = await copilot.access(at, never)
    const { status, headers, body } = await world.call(copilot, { ...draft, access })
    if (status === 200) return { status, mends: mends.map(({ kind }) => kind), body }
    const model = (await copilot.findModel(input.model, at, never))?.id ?? ''
    const { mend } = copilot.readFailure({ status, headers, body, wire, model, requestId: 'r' })
    if (!mend || mends.length > 4) return { status, mends: mends.map(({ kind }) => kind), body }
    mends.push(mend)
    await copilot.mend(mend, at, access, never)
    if (mend.kind === 'other-wire') {
      wire = (await copilot.findModel(input.model, at, never))?.wires[0] ?? wire
    }
  }
}

const PATTERN_TOOL: JsonObject = {
  type: 'object',
  properties: { name: { type: 'string', pattern: '^\\p{L}+$' } },
}

describe('bodies that would be refused as they come are taken', () => {
  const cases: readonly (readonly [string, DraftInput])[] = [
    [
      'chat: a reasoning model, with what the SDK assumes',
      {
        model: 'gpt-5-mini',
        body: { max_tokens: 200, temperature: 0, top_p: 1, reasoning_effort: 'minimal' },
      },
    ],
    [
      'chat: a fancy pattern and an effort the model has not',
      {
        model: 'gpt-4.1',
        body: {
          reasoning_effort: 'high',
          tools: [{ type: 'function', function: { name: 'f', parameters: PATTERN_TOOL } }],
        },
      },
    ],
    ['chat: no tools, said aloud', { model: 'gpt-4.1', body: { tools: [], tool_choice: 'auto' } }],
    [
      'embeddings: a bare text',
      { model: 'text-embedding-3-small', wire: 'embeddings', body: { input: 'a text' } },
    ],
    [
      'responses: fields of another house',
      {
        model: 'gpt-5-mini',
        wire: 'responses',
        body: {
          input: 'hello',
          store: true,
          service_tier: 'priority',
          background: false,
          previous_response_id: null,
          temperature: 0.3,
          tools: [{ type: 'function', name: 'f', parameters: PATTERN_TOOL }],
        },
      },
    ],
    [
      'messages: as Claude Code writes them',
      {
        model: 'claude-haiku-4-5-20251001',
        wire: 'messages',
        callerHeaders: new Map([
          ['anthropic-version', '2023-06-01'],
          [
            'anthropic-beta',
            'claude-code-20250219,interleaved-thinking-2025-05-14,context-1m-2025-08-07',
          ],
        ]),
        body: {
          max_tokens: 200_000,
          service_tier: 'auto',
          thinking: { type: 'enabled', budget_tokens: 500 },
          output_config: { effort: 'max' },
          system: [
            { type: 'text', text: 's', cache_control: { type: 'ephemeral', scope: 'global' } },
          ],
          tools: [
            {
              name: 'f',
              input_schema: { $schema: 'http://json-schema.org/draft-07/schema#', ...PATTERN_TOOL },
              eager_input_streaming: true,
            },
          ],
        },
      },
    ],
  ]
  for (const [name, input] of cases) {
    test(name, async () => {
      expect(await callWithMends(input)).toMatchObject({ status: 200, mends: [] })
    })
  }
})

describe('what the catalogue does not say is learnt once', () => {
  test('a model that answers elsewhere', async () => {
    world.emulator.control.faults.add({
      on: { route: 'chat', model: 'elsewhere' },
      do: {
        kind: 'reply',
        status: 400,
        body: '{"error":{"message":"model \\"elsewhere\\" is not accessible via the /chat/completions endpoint","code":"unsupported_api_for_model"}}\n',
      },
    })
    const first = await callWithMends({ model: 'elsewhere', body: { input: 'hi' } })
    expect(first).toMatchObject({ status: 200, mends: ['other-wire'] })
    expect((await copilot.findModel('elsewhere', at, never))?.wires).toEqual(['responses'])
  })

  test('a parameter, for this call and the next', async () => {
    world.emulator.control.faults.add({
      on: { route: 'chat', model: 'gpt-4o' },
      times: 1,
      do: {
        kind: 'reply',
        status: 400,
        body: {
          error: {
            message: "Unsupported parameter: 'seed' is not supported with this model.",
            code: 'invalid_request_body',
          },
        },
      },
    })
    const input = { model: 'gpt-4o', body: { seed: 7 } }
    expect(await callWithMends(input)).toMatchObject({ status: 200, mends: ['drop-parameter'] })
    expect(await callWithMends(input)).toMatchObject({ status: 200, mends: [] })
    const [last] = world.emulator.control.requests
      .list({ route: 'chat', model: 'gpt-4o' })
      .slice(-1)
    expect(last?.body).not.toHaveProperty('seed')
  })
})
