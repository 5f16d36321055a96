import { describe, expect, test } from 'vitest'
import { useConfigFolder } from './__fixtures__/use-config-folder.ts'
import { loadConfig } from './index.ts'

const { problems, warnings } = useConfigFolder()

describe('an open gateway', () => {
  test.each(['127.0.0.1', 'localhost', '::1', '127.8.9.1'])('may listen on %s', async (host) => {
    await expect(loadConfig({ environment: {}, flags: { host } })).resolves.toBeDefined()
  })

  test.each(['0.0.0.0', '::', '192.168.1.5', 'jetway.example', '128.0.0.1'])(
    'must not listen on %s',
    async (host) => {
      await expect(loadConfig({ environment: {}, flags: { host } })).rejects.toThrow(
        /without a master key/,
      )
      await expect(
        loadConfig({ environment: { JETWAY_MASTER_KEY: 'k' }, flags: { host } }),
      ).resolves.toBeDefined()
    },
  )

  test('is refused with the place of the host in the file', async () => {
    expect(await problems('jetway:\n  host: 0.0.0.0\n')).toEqual([
      expect.stringMatching(/^config\.yaml:2:9: listening on 0\.0\.0\.0 without a master key/),
    ])
  })
})

describe('wrong values are errors with their place', () => {
  test.each([
    ['model_list: 7', 'config.yaml:1:13: model_list must be a list of models'],
    ['model_list:\n  - 5', 'config.yaml:2:5: model_list[0] must be a map'],
    [
      'model_list:\n  - litellm_params: { model: a }',
      'config.yaml:2:5: model_list[0].model_name is missing: the name that clients call the model by',
    ],
    [
      'model_list:\n  - { model_name: 5, litellm_params: { model: a } }',
      'config.yaml:2:19: model_list[0].model_name must be text: the name that clients call the model by',
    ],
    [
      'model_list:\n  - { model_name: , litellm_params: { model: a } }',
      'model_list[0].model_name is missing: the name that clients call the model by',
    ],
    [
      'model_list:\n  - { model_name: a, litellm_params: { model: [x] } }',
      'config.yaml:2:47: model_list[0].litellm_params.model must be text: the model to call, as github_copilot/gpt-4o',
    ],
    [
      'model_list:\n  - model_name: a\n    litellm_params:\n      rpm: many\n      model: gpt-4o',
      'config.yaml:4:12: model_list[0].litellm_params.rpm must be a whole number',
    ],
    [
      'model_list:\n  - { model_name: a, litellm_params: { model: a, timeout: 0 } }',
      'config.yaml:2:59: model_list[0].litellm_params.timeout must be more than 0 seconds',
    ],
    [
      'model_list:\n  - { model_name: a, litellm_params: { model: a, api_base: "ftp://x" } }',
      'config.yaml:2:60: model_list[0].litellm_params.api_base must be an http:// or https:// address without a user name or password in it',
    ],
    [
      'model_list:\n  - { model_name: a, litellm_params: { model: a, extra_headers: { "bad name": x } } }',
      'config.yaml:2:79: model_list[0].litellm_params.extra_headers.bad name is not the name of a header',
    ],
    [
      'model_list:\n  - { model_name: a, litellm_params: { model: a, extra_headers: { x: "a\\r\\nb: c" } } }',
      'config.yaml:2:70: model_list[0].litellm_params.extra_headers.x holds characters that no header may hold',
    ],
    [
      'model_list:\n  - { model_name: a, litellm_params: { model: github_copilot/* } }',
      'config.yaml:2:19: a: the model holds a *, so model_name must hold one too',
    ],
    ['jetway:\n  port: 70000', 'config.yaml:2:9: jetway.port must be at most 65535'],
    [
      'litellm_settings:\n  drop_params: maybe',
      'config.yaml:2:16: litellm_settings.drop_params must be true or false',
    ],
    [
      'router_settings:\n  fallbacks: { a: [b] }',
      'config.yaml:2:14: router_settings.fallbacks must be a list, as [{ "gpt-4o": ["gpt-4.1"] }]',
    ],
    [
      'router_settings:\n  routing_strategy: fastest',
      'config.yaml:2:21: router_settings.routing_strategy must be simple-shuffle or least-busy',
    ],
    ['- a\n- b', 'config.yaml:1:1: the file must hold a map of settings, as `model_list:` …'],
    [
      'a: [1',
      'config.yaml:1:6: Flow sequence in block collection must be sufficiently indented and end with a ]',
    ],
    ['a: 1\na: 2', 'config.yaml:2:1: Map keys must be unique'],
    ['jetway:\n  __proto__: { port: 1 }', 'config.yaml:2:3: the key "__proto__" is not allowed'],
    ['a: &x [*x]', 'config.yaml:1:8: *x names a value that holds itself'],
  ])('%j', async (text, expected) => {
    expect((await problems(text))[0]).toContain(expected)
  })

  test('several are all named', async () => {
    expect(await problems('jetway:\n  port: x\n  keep_alive: y\n')).toHaveLength(2)
  })

  test('an environment variable that is no port', async () => {
    expect(await problems('', { environment: { JETWAY_PORT: 'http' } })).toEqual([
      'JETWAY_PORT must be a port number, 0 to 65535',
    ])
  })

  test('a value never stands in a message', async () => {
    const found = await problems('general_settings: { master_key: [sk-very-secret] }')
    expect(found.join()).not.toContain('sk-very-secret')
  })
})

describe('keys without effect are warnings with their place', () => {
  test.each([
    ['modle_list: []', 'config.yaml:1:1: unknown key modle_list; did you mean model_list?'],
    [
      'router_settings:\n  fallback: []',
      'config.yaml:2:3: unknown key router_settings.fallback; did you mean fallbacks?',
    ],
    [
      'jetway:\n  limits:\n    max_paralel_per_seat: 3',
      'config.yaml:3:5: unknown key jetway.limits.max_paralel_per_seat; did you mean max_parallel_per_seat?',
    ],
    ['whatever: 1', 'config.yaml:1:1: unknown key whatever'],
    ['guardrails: []', 'config.yaml:1:1: guardrails is not supported here'],
    [
      'litellm_settings:\n  cache: true',
      'config.yaml:2:3: litellm_settings.cache is not supported here',
    ],
    [
      'general_settings:\n  alerting: [slack]',
      'config.yaml:2:3: general_settings.alerting is not supported here',
    ],
    [
      'litellm_settings:\n  disable_copilot_system_to_assistant: true',
      'config.yaml:2:3: litellm_settings.disable_copilot_system_to_assistant has no effect here: system messages are never rewritten',
    ],
    [
      'router_settings:\n  routing_strategy: latency-based-routing',
      'config.yaml:2:21: router_settings.routing_strategy: latency-based-routing is not supported here; least-busy is used',
    ],
    [
      'model_list:\n  - { model_name: a, litellm_params: { model: a, temprature: 1 }, extra: 1 }',
      'config.yaml:2:50: unknown key model_list[].litellm_params.temprature',
    ],
    [
      'model_list:\n  - { model_name: a, litellm_params: { model: azure/a } }',
      'config.yaml:2:47: a: the provider azure is not supported here, so this entry is left out (supported: github_copilot, litellm_proxy, openai)',
    ],
  ])('%j', async (text, expected) => {
    expect(await warnings(text)).toContain(expected)
  })
})
