import { describe, expect, test } from 'vitest'
import type { Conversation } from '../../core/conversation.ts'
import { UnsupportedParamsError } from '../../core/errors.ts'
import type { GenerateDialect } from '../../core/dialect.ts'
import type { JsonObject } from '../../core/json.ts'
import type { Model } from '../../core/model.ts'
import type { Part } from '../../core/parts.ts'
import { heal, type Restorer } from '../healing/index.ts'
import { dialects, wires } from '../index.ts'
import { SAMPLES } from './__fixtures__/samples.ts'
import { featuresOf } from './features.ts'
import { renderFidelity } from './render.ts'
import { GENERATE_DIALECTS, type GenerateDialectName, SAID_BY } from './said-by.ts'
import { FEATURES, type Feature, GENERATE_WIRES, type GenerateWire, rowOf } from './table.ts'

const path = { params: { model: 'm' }, query: new Map<string, string>() }
const IDS: Readonly<Record<GenerateDialectName, string>> = {
  chat: 'chat',
  completions: 'completions',
  responses: 'responses',
  messages: 'messages',
  gemini: 'gemini:generateContent',
  ollama: 'ollama:chat',
}

/** One that can all there is, so that only the wire decides. */
const model: Model = {
  id: 'm',
  name: 'M',
  vendor: 'OpenAI',
  kind: 'chat',
  wires: ['chat', 'responses', 'messages'],
  webSocket: false,
  limits: { outputTokens: 32_000 },
  supports: {
    streaming: true,
    toolCalls: true,
    parallelToolCalls: true,
    vision: true,
    structuredOutputs: true,
    dimensions: false,
    reasoningEfforts: ['low', 'medium', 'high'],
    adaptiveThinking: true,
    minThinkingBudget: 1024,
    maxThinkingBudget: 32_000,
  },
  pickerEnabled: true,
  preview: false,
  raw: {},
}

/** How a feature shows on a wire whose requests say it in other words than the dialect of the same name. */
const EVIDENCE: Partial<
  Record<`${Feature} ${GenerateWire}`, (body: string, restore: Restorer | undefined) => boolean>
> = {
  // Clients of messages are told which one ended the answer, so theirs are cut here.
  'stop chat': (body, restore) => body.includes('"END"') || cutsAtStop(restore),
  'stop responses': (_, restore) => cutsAtStop(restore),
  'allowed_tools messages': (body) => body.includes('"name":"f"') && !body.includes('"name":"g"'),
  'namespaces chat': (body) => body.includes('"name":"files__read"'),
  'namespaces messages': (body) => body.includes('"name":"files__read"'),
  'reasoning_budget messages': (body) =>
    body.includes('"adaptive"') && body.includes('"effort":"low"'),
}
function cutsAtStop(restore: Restorer | undefined): boolean {
  const said: Part = { type: 'text-delta', index: 0, text: 'one END two' }
  const [cut] = restore?.part(said) ?? []
  return cut?.type === 'text-delta' && cut.text === 'one '
}

/** Models that reason sample as they like. */
const PLAIN: ReadonlySet<Feature> = new Set<Feature>(['temperature', 'top_p'])

function dialectOf(name: GenerateDialectName | GenerateWire): GenerateDialect {
  const dialect = dialects.get(IDS[name])
  if (dialect?.operation !== 'generate') throw new Error(`${name} is not registered`)
  return dialect
}

function decode(name: GenerateDialectName | GenerateWire, body: JsonObject): Conversation {
  return dialectOf(name).decodeRequest(body, path)
}

describe.each([...GENERATE_DIALECTS])('from %s', (dialect) => {
  const said = SAMPLES[dialect]

  test('has a sample for just what the page says it can say', () => {
    expect(Object.keys(said).sort()).toEqual(
      FEATURES.filter((feature) => SAID_BY[feature].includes(dialect)).sort(),
    )
    for (const [feature, body] of Object.entries(said)) {
      expect(featuresOf(decode(dialect, { model: 'm', ...body }))).toContain(feature)
    }
  })

  for (const feature of FEATURES.filter((name) => SAID_BY[name].includes(dialect))) {
    for (const wire of GENERATE_WIRES) {
      const fate = rowOf(feature)[wire]
      test(`${feature} is ${fate} on ${wire}`, () => {
        const conversation = decode(dialect, { model: 'm', ...said[feature] })
        const using = PLAIN.has(feature)
          ? { ...model, supports: { ...model.supports, reasoningEfforts: [] } }
          : model
        const healed = heal(conversation, wire, using)
        const encode = () => wires.get(wire)?.encodeRequest(healed.conversation, using)
        if (fate === 'refused') {
          expect(encode).toThrow(UnsupportedParamsError)
          expect(encode).toThrow(/What to do: \w/)
          return
        }
        const { body = {}, degraded: lost = [] } = encode() ?? {}
        const degraded = [...healed.degraded, ...lost]
        const evidence = EVIDENCE[`${feature} ${wire}`]
        const arrived = evidence
          ? evidence(JSON.stringify(body), healed.restore)
          : featuresOf(decode(wire, body)).includes(feature)
        expect(degraded.includes(feature)).toBe(fate === 'degraded')
        expect(arrived).toBe(fate === 'kept')
      })
    }
  }
})

describe('server tools', () => {
  test.each([...GENERATE_WIRES])(
    'that are merely offered beside others are left out and named on %s',
    (wire) => {
      const conversation = decode('responses', {
        input: 'Hi',
        tools: [{ type: 'web_search' }, { type: 'function', name: 'f' }],
      })
      const { degraded, body } = wires.get(wire)?.encodeRequest(conversation, model) ?? {
        degraded: [],
        body: {},
      }
      expect(degraded.includes('server_tools_responses')).toBe(wire !== 'responses')
      expect(JSON.stringify(body).includes('web_search')).toBe(wire === 'responses')
    },
  )

  test('that are forced are refused', () => {
    const forced = {
      input: 'Hi',
      tools: [{ type: 'web_search' }, { type: 'function', name: 'f' }],
      tool_choice: { type: 'web_search' },
    }
    expect(() => wires.get('messages')?.encodeRequest(decode('responses', forced), model)).toThrow(
      UnsupportedParamsError,
    )
  })
})

// `npx vitest run -u src/dialects/fidelity` prints it anew.
test('the page is printed from the table', async () => {
  const page = renderFidelity()
  for (const feature of FEATURES) expect(page).toContain(`\`${feature}\``)
  await expect(page).toMatchFileSnapshot('../../../docs/fidelity.md')
})
