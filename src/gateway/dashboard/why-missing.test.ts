import { describe, expect, test } from 'vitest'
import type { Model } from '../../core/model.ts'
import { whyMissing } from './why-missing.ts'
import type { Facts } from './why-missing.ts'

function model(id: string, more: Partial<Model> = {}): Model {
  return {
    id,
    name: id,
    vendor: 'OpenAI',
    kind: 'chat',
    wires: ['chat'],
    webSocket: false,
    limits: {},
    supports: {
      streaming: true,
      toolCalls: true,
      parallelToolCalls: true,
      vision: false,
      structuredOutputs: true,
      dimensions: false,
      reasoningEfforts: [],
      adaptiveThinking: false,
    },
    pickerEnabled: true,
    preview: false,
    raw: {},
    ...more,
  }
}

const signedIn = {
  signedIn: true,
  plan: 'individual',
  source: 'stored sign-in',
  way: 'exchange',
} as const
const base: Facts = {
  wanted: 'gpt-5.4',
  served: ['gpt-4o'],
  catalogue: [model('gpt-4o')],
  status: signedIn,
}
const reasons = (facts: Partial<Facts>): readonly string[] =>
  whyMissing({ ...base, ...facts }).map(({ reason, certain }) => `${reason}${certain ? '' : '?'}`)

const restricted = { billing: { restricted_to: ['pro', 'business'] } }

describe('why a model is missing', () => {
  test.each<[string, Partial<Facts>, readonly string[]]>([
    ['nobody is signed in', { status: { signedIn: false } }, ['sign-in']],
    ['GitHub could not be asked', { catalogue: undefined }, ['sign-in']],
    [
      'a policy has it switched off',
      {
        served: ['gpt-5.4'],
        catalogue: [model('gpt-5.4', { policy: { state: 'disabled' } })],
      },
      ['policy'],
    ],
    [
      'its terms are not accepted',
      {
        served: ['gpt-5.4'],
        catalogue: [model('gpt-5.4', { policy: { state: 'unconfigured' } })],
      },
      ['terms'],
    ],
    ['the configuration leaves it out', { catalogue: [model('gpt-5.4')] }, ['configuration']],
    [
      'the plan is too small',
      {
        served: ['gpt-5.4'],
        catalogue: [model('gpt-5.4', { raw: restricted })],
        status: { ...signedIn, plan: 'free' },
      },
      ['plan'],
    ],
    [
      'a paid plan of a person is not told from another',
      { served: ['gpt-5.4'], catalogue: [model('gpt-5.4', { raw: restricted })] },
      ['available'],
    ],
    [
      'nothing is wrong, however it is spelled',
      { wanted: 'GPT-5-4', served: ['gpt-5.4'], catalogue: [model('gpt-5.4')] },
      ['available'],
    ],
    ['it is another upstream’s', { served: ['gpt-5.4'] }, ['available']],
    ['not listed, and a name is near', { wanted: 'gpt-4q' }, ['spelling?', 'plan?']],
    [
      'not listed for an organisation',
      { wanted: 'claude', status: { ...signedIn, plan: 'business' } },
      ['organisation?'],
    ],
    [
      'not listed for another tool’s sign-in',
      { wanted: 'claude', status: { ...signedIn, source: 'opencode', way: 'direct' } },
      ['plan?', 'application?'],
    ],
    [
      'not listed, and nothing is known',
      { wanted: 'claude', status: { ...signedIn, plan: undefined } },
      ['unknown?'],
    ],
  ])('%s', (_, facts, expected) => {
    expect(reasons(facts)).toEqual(expected)
  })

  test('a policy of an organisation is its owner’s to change', () => {
    const [finding] = whyMissing({
      ...base,
      served: ['gpt-5.4'],
      catalogue: [model('gpt-5.4', { policy: { state: 'disabled' } })],
      status: { ...signedIn, plan: 'business' },
    })
    expect(finding?.mend).toContain('owner of the organisation')
  })
})
