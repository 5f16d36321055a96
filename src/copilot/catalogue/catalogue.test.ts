import { describe, expect, test } from 'vitest'
import { RateLimitError } from '../../core/errors.ts'
import type { JetwayError } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import type { Model } from '../../core/model.ts'
import { createVirtualClock } from '../../core/virtual-clock.ts'
import { createWorld, never } from '../__fixtures__/world.ts'
import { createCatalogue } from './catalogue.ts'
import { parseCatalogue } from './parse-catalogue.ts'
import { parseModel } from './parse-model.ts'
import { createModelIndex } from './spelling.ts'

function modelsOf(...ids: readonly string[]): readonly Model[] {
  return parseCatalogue(JSON.stringify({ data: ids.map((id) => ({ id })) })) ?? []
}

describe('an entry', () => {
  test('is read whole', () => {
    const raw: JsonObject = {
      id: 'claude-opus-4.6',
      name: 'Claude Opus 4.6',
      vendor: 'Anthropic',
      preview: true,
      model_picker_enabled: true,
      policy: { state: 'unconfigured', terms: 'T' },
      supported_endpoints: ['/v1/messages', '/chat/completions', '/v9/unknown'],
      billing: { is_premium: true, multiplier: 0.33 },
      capabilities: {
        type: 'chat',
        tokenizer: 'o200k_base',
        limits: {
          max_context_window_tokens: 200_000,
          max_prompt_tokens: 168_000,
          max_output_tokens: 32_000,
          max_non_streaming_output_tokens: 16_000,
          vision: {
            max_prompt_images: 1,
            max_prompt_image_size: 3_145_728,
            supported_media_types: ['image/png'],
          },
        },
        supports: {
          streaming: true,
          tool_calls: true,
          adaptive_thinking: true,
          reasoning_effort: ['low', 7],
        },
      },
    }
    expect(parseModel(raw)).toEqual({
      id: 'claude-opus-4.6',
      name: 'Claude Opus 4.6',
      vendor: 'Anthropic',
      kind: 'chat',
      wires: ['messages', 'chat'],
      webSocket: false,
      limits: {
        contextTokens: 200_000,
        promptTokens: 168_000,
        outputTokens: 32_000,
        nonStreamingOutputTokens: 16_000,
        maxInputs: undefined,
        maxImages: 1,
        maxImageBytes: 3_145_728,
        imageTypes: ['image/png'],
      },
      supports: {
        streaming: true,
        toolCalls: true,
        parallelToolCalls: false,
        vision: false,
        structuredOutputs: false,
        dimensions: false,
        reasoningEfforts: ['low'],
        adaptiveThinking: true,
        minThinkingBudget: undefined,
        maxThinkingBudget: undefined,
      },
      policy: { state: 'unconfigured', terms: 'T' },
      prices: undefined,
      multiplier: 0.33,
      pickerEnabled: true,
      preview: true,
      tokenizer: 'o200k_base',
      raw,
    })
  })

  for (const [name, entry, wires, webSocket] of [
    ['without a list speaks chat', {}, ['chat'], false],
    ['with an unknown list speaks chat', { supported_endpoints: ['/v9/x'] }, ['chat'], false],
    [
      'over WebSocket only still speaks chat over HTTP',
      { supported_endpoints: ['ws:/responses'] },
      ['chat'],
      true,
    ],
    ['of responses', { supported_endpoints: ['/responses', 'ws:/responses'] }, ['responses'], true],
    ['for embeddings', { capabilities: { type: 'embeddings' } }, ['embeddings'], false],
    [
      'for embeddings, with a list',
      {
        capabilities: { type: 'embeddings' },
        supported_endpoints: ['/chat/completions', '/embeddings'],
      },
      ['embeddings'],
      false,
    ],
    ['for completions speaks nothing here', { capabilities: { type: 'completion' } }, [], false],
    [
      'broken all over',
      { capabilities: 7, policy: 'x', billing: [], supported_endpoints: 'y' },
      ['chat'],
      false,
    ],
  ] as const) {
    test(name, () => {
      expect(parseModel({ id: 'm', ...(entry as unknown as JsonObject) })).toMatchObject({
        wires,
        webSocket,
      })
    })
  }

  test('without an id is none', () => {
    for (const entry of [{}, { id: '' }, { id: 7 }, 'gpt', null, []]) {
      expect(parseModel(entry as JsonObject)).toBeUndefined()
    }
  })
})

test('entries of one id are one model', () => {
  const models = parseCatalogue(
    JSON.stringify({
      data: [
        {
          id: 'a',
          supported_endpoints: ['/chat/completions'],
          capabilities: { type: 'chat', limits: { max_output_tokens: 5 } },
        },
        { id: 'b' },
        {
          id: 'a',
          vendor: 'V',
          supported_endpoints: ['/responses'],
          capabilities: { limits: { max_output_tokens: 9, max_prompt_tokens: 7 } },
        },
        null,
        { name: 'nameless' },
      ],
    }),
  )
  expect(models?.map(({ id }) => id)).toEqual(['a', 'b'])
  expect(models?.[0]).toMatchObject({
    vendor: 'V',
    wires: ['chat', 'responses'],
    limits: { outputTokens: 5, promptTokens: 7 },
  })
  for (const other of ['', 'null', '{}', '{"data":{}}', '<html>']) {
    expect(parseCatalogue(other)).toBeUndefined()
  }
})

describe('spelling', () => {
  const index = createModelIndex([
    ...modelsOf(
      'gpt-4o',
      'gpt-4.1',
      'gpt-4-1106',
      'claude-sonnet-4',
      'claude-sonnet-4.5',
      'claude-opus-4.6',
      'claude-opus-4.6-1m',
      'gpt-4o-2024-05-13',
    ),
    ...(parseCatalogue(
      '[{"id":"gpt-9","version":"gpt-9-2027-01-01"},{"id":"odd","version":"gpt-4o"}]',
    ) ?? []),
  ])
  for (const [asked, found] of [
    ['gpt-4o', 'gpt-4o'],
    ['GPT-4o', 'gpt-4o'],
    ['gpt-4-1', 'gpt-4.1'],
    ['gpt-4-1106', 'gpt-4-1106'],
    ['gpt-4o-2024-05-13', 'gpt-4o-2024-05-13'],
    ['gpt-4o-2099-01-01', 'gpt-4o'],
    ['gpt-9-2027-01-01', 'gpt-9'],
    ['github_copilot/gpt-4o', 'gpt-4o'],
    ['anthropic/claude-sonnet-4-5', 'claude-sonnet-4.5'],
    ['claude-sonnet-4-5', 'claude-sonnet-4.5'],
    ['claude-sonnet-4-5-20250929', 'claude-sonnet-4.5'],
    ['claude-sonnet-4-5@20250929', 'claude-sonnet-4.5'],
    ['claude-sonnet-4-20250514', 'claude-sonnet-4'],
    ['claude-sonnet-4-0', 'claude-sonnet-4'],
    ['claude-opus-4-6[1m]', 'claude-opus-4.6-1m'],
    ['claude-sonnet-4.5[1m]', 'claude-sonnet-4.5'],
    ['claude-sonnet-4-5-latest', 'claude-sonnet-4.5'],
    ['claude-sonnet', undefined],
    ['gpt-4', undefined],
    ['', undefined],
  ] as const) {
    test(`${asked} is ${found}`, () => {
      expect(index.find(asked)?.id).toBe(found)
    })
  }
})

describe('the list', () => {
  interface Lab {
    readonly clock: ReturnType<typeof createVirtualClock>
    readonly catalogue: ReturnType<typeof createCatalogue>
    fetches: number
    answer: readonly Model[] | JetwayError
    readonly troubles: JetwayError[]
  }

  function createLab(): Lab {
    const clock = createVirtualClock()
    const troubles: JetwayError[] = []
    const lab: Lab = {
      clock,
      fetches: 0,
      answer: modelsOf('a'),
      troubles,
      catalogue: createCatalogue({
        clock,
        onTrouble: (error) => troubles.push(error),
        fetch: () => {
          lab.fetches += 1
          return 'message' in lab.answer ? Promise.reject(lab.answer) : Promise.resolve(lab.answer)
        },
      }),
    }
    return lab
  }
  const idsOf = async (lab: Lab): Promise<readonly string[]> => {
    return (await lab.catalogue.list(never)).map(({ id }) => id)
  }

  test('is asked for once by any number, and again after ten minutes', async () => {
    const lab = createLab()
    await Promise.all(Array.from({ length: 20 }, () => idsOf(lab)))
    expect(lab.fetches).toBe(1)
    lab.answer = modelsOf('a', 'b')
    await lab.clock.advance(599_000)
    expect(await idsOf(lab)).toEqual(['a'])
    await lab.clock.advance(2_000)
    // Nobody waits for the renewal.
    expect(await idsOf(lab)).toEqual(['a'])
    await lab.clock.advance(0)
    expect(await idsOf(lab)).toEqual(['a', 'b'])
    expect(lab.fetches).toBe(2)
  })

  test('is kept when a renewal fails, also for a rate limit, and not asked for at every call', async () => {
    const lab = createLab()
    await idsOf(lab)
    lab.answer = new RateLimitError('slow down', { retry_after: 60 })
    await lab.clock.advance(700_000)
    for (let at = 0; at < 10; at++) expect(await idsOf(lab)).toEqual(['a'])
    expect(lab.fetches).toBe(2)
    expect(lab.troubles).toHaveLength(1)
    lab.answer = modelsOf('b')
    await lab.clock.advance(61_000)
    await idsOf(lab)
    await lab.clock.advance(0)
    expect(await idsOf(lab)).toEqual(['b'])
  })

  test('a model nobody has heard of is looked for again, but not for every typing error', async () => {
    const lab = createLab()
    expect(await lab.catalogue.find('new', never)).toBeUndefined()
    lab.answer = modelsOf('a', 'new')
    expect(await lab.catalogue.find('new', never)).toBeUndefined()
    await lab.clock.advance(31_000)
    expect((await lab.catalogue.find('new', never))?.id).toBe('new')
    expect(await lab.catalogue.find('typo', never)).toBeUndefined()
    expect(lab.fetches).toBe(2)
  })

  test('the first failure is told, and a later question gets its answer', async () => {
    const lab = createLab()
    lab.answer = new RateLimitError('slow down')
    await expect(idsOf(lab)).rejects.toThrow('slow down')
    await expect(idsOf(lab)).rejects.toThrow('slow down')
    expect(lab.fetches).toBe(1)
    lab.answer = modelsOf('a')
    await lab.clock.advance(1_000)
    expect(await idsOf(lab)).toEqual(['a'])
  })

  test('is asked for anew when it is known to be wrong', async () => {
    const lab = createLab()
    await idsOf(lab)
    lab.answer = modelsOf('b')
    lab.catalogue.expire()
    expect(await idsOf(lab)).toEqual(['b'])
  })
})

describe('prices', () => {
  test('in nano-credits a token: credits a batch', () => {
    const prices = parseModel({
      id: 'm',
      billing: {
        token_prices: {
          batch_size: 1_000_000,
          default: { input_price: 200, output_price: 800, cache_price: 50, context_max: 128_000 },
          long_context: {
            input_price: 400,
            output_price: 1200,
            cache_price: 100,
            cache_write_price: 500,
          },
        },
      },
    })?.prices
    expect(prices).toEqual({
      inputNanoCredits: 200_000,
      cachedInputNanoCredits: 50_000,
      cacheWriteNanoCredits: 200_000,
      outputNanoCredits: 800_000,
      contextTokens: 128_000,
      longContext: {
        inputNanoCredits: 400_000,
        cachedInputNanoCredits: 100_000,
        cacheWriteNanoCredits: 500_000,
        outputNanoCredits: 1_200_000,
      },
    })
    // 200 credits, at a cent each, for a million tokens: two dollars.
    expect(((prices?.inputNanoCredits ?? 0) * 1_000_000 * 0.01) / 1_000_000_000).toBe(2)
  })

  test('come to what the upstream bills', async () => {
    await using world = await createWorld()
    const copilot = world.copilot({ credential: world.emulator.control.tokens.issue().value })
    const text = 'the same words again and again '.repeat(400)
    for (const id of ['gpt-4.1', 'gpt-4o', 'claude-haiku-4.5', 'gpt-5-mini']) {
      const prices = (await copilot.findModel(id, { seat: 'own' }, never))?.prices
      expect(prices).toBeDefined()
      for (let turn = 0; turn < 2; turn++) {
        const body = { messages: [{ role: 'user', content: text }] }
        const answer = await world.call(copilot, { model: id, body })
        expect(answer).toMatchObject({ status: 200 })
        const { usage } = world.emulator.control.requests.list({ route: 'chat' }).at(-1) ?? {}
        const billed = (JSON.parse(answer.body) as { copilot_usage: { total_nano_aiu: number } })
          .copilot_usage.total_nano_aiu
        const fresh = (usage?.input ?? 0) - (usage?.cacheRead ?? 0) - (usage?.cacheWrite ?? 0)
        const reckoned =
          fresh * (prices?.inputNanoCredits ?? 0) +
          (usage?.cacheRead ?? 0) * (prices?.cachedInputNanoCredits ?? 0) +
          (usage?.cacheWrite ?? 0) * (prices?.cacheWriteNanoCredits ?? 0) +
          (usage?.output ?? 0) * (prices?.outputNanoCredits ?? 0)
        expect([id, turn, reckoned]).toEqual([id, turn, billed])
      }
    }
  })
})
