import { describe, expect, test } from 'vitest'
import { DEFAULT_SETTINGS } from '../../core/default-settings.ts'
import type { Deployment, Settings } from '../../core/settings.ts'
import { deployment } from '../__fixtures__/test-house.ts'
import { createResolver } from './resolver.ts'

function settings(
  deployments: readonly Deployment[],
  aliases: Record<string, string> = {},
): Settings {
  return {
    ...DEFAULT_SETTINGS,
    deployments,
    router: { ...DEFAULT_SETTINGS.router, aliases: new Map(Object.entries(aliases)) },
  }
}

const resolver = createResolver(new Set(['github_copilot', 'litellm_proxy']), 'github_copilot')

const configured = settings(
  [
    deployment({ modelName: 'team', provider: 'github_copilot', model: 'gpt-4o' }),
    deployment({
      modelName: 'team',
      provider: 'litellm_proxy',
      model: 'big',
      infoId: 'the-big-one',
    }),
    deployment({ modelName: 'my/*', provider: 'litellm_proxy', model: 'theirs/*' }),
    deployment({ modelName: 'my/own-*', provider: 'github_copilot', model: '*' }),
    deployment({ modelName: 'github_copilot/*', provider: 'github_copilot', model: '*' }),
  ],
  { short: 'team', shorter: 'short', ring: 'gnir', gnir: 'ring', pet: 'my/cat' },
)
const catchAll = settings([deployment({ modelName: '*', provider: 'github_copilot', model: '*' })])
const none = settings([])

describe('what a name stands for', () => {
  const cases: readonly (readonly [string, string, Settings, readonly string[]])[] = [
    ['a group, all of it', 'team', configured, ['github_copilot/gpt-4o', 'litellm_proxy/big']],
    ['an alias', 'short', configured, ['github_copilot/gpt-4o', 'litellm_proxy/big']],
    ['an alias of an alias', 'shorter', configured, ['github_copilot/gpt-4o', 'litellm_proxy/big']],
    ['an alias into a wildcard', 'pet', configured, ['litellm_proxy/theirs/cat']],
    ['a ring of aliases is a name like any other', 'ring', configured, ['github_copilot/ring']],
    ['an id of model_info, that one alone', 'the-big-one', configured, ['litellm_proxy/big']],
    ['a wildcard', 'my/llama', configured, ['litellm_proxy/theirs/llama']],
    ['the nearest wildcard', 'my/own-gpt', configured, ['github_copilot/gpt']],
    ['a wildcard of a whole provider', 'github_copilot/o3', configured, ['github_copilot/o3']],
    [
      'a star with nothing behind it is no wildcard match',
      'my/',
      configured,
      ['github_copilot/my/'],
    ],
    ['a provider beside the configuration', 'litellm_proxy/a/b', configured, ['litellm_proxy/a/b']],
    ['a bare model beside the configuration', 'gpt-4o', configured, ['github_copilot/gpt-4o']],
    ['anything, with a bare star', 'gpt-4o', catchAll, ['github_copilot/gpt-4o']],
    [
      'a provider under a bare star, not twice',
      'github_copilot/gpt-4o',
      catchAll,
      ['github_copilot/gpt-4o'],
    ],
    [
      'no configuration: a bare model',
      'claude-sonnet-4.5',
      none,
      ['github_copilot/claude-sonnet-4.5'],
    ],
    ['an unknown provider is part of a bare name', 'acme/x', none, ['github_copilot/acme/x']],
    ['a provider with no model', 'litellm_proxy/', none, ['github_copilot/litellm_proxy/']],
    ['nothing', '', none, []],
    ['a word that every object has', 'constructor', none, ['github_copilot/constructor']],
  ]
  for (const [name, asked, from, expected] of cases) {
    test(name, () => {
      const { targets } = resolver.resolve(asked, from)
      expect(targets.map((target) => `${target.provider}/${target.model}`)).toEqual(expected)
    })
  }
})

test('a reload takes effect with the next call', () => {
  const before = resolver.resolve('team', configured)
  const after = resolver.resolve(
    'team',
    settings([deployment({ modelName: 'team', model: 'new' })]),
  )
  expect(before.targets).toHaveLength(2)
  expect(after.targets.map((target) => target.model)).toEqual(['new'])
})

test('without a default provider a bare name serves nobody', () => {
  expect(createResolver(new Set(), undefined).resolve('gpt-4o', none).targets).toEqual([])
})
