import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { DEFAULT_SETTINGS } from '../core/default-settings.ts'
import { ConfigError, formatProblem, loadConfig } from './index.ts'
import type { LoadedConfig, LoadOptions } from './index.ts'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jetway-config-'))
})
afterEach(async () => {
  await rm(folder, { recursive: true, force: true })
})

async function load(text: string, options: Partial<LoadOptions> = {}): Promise<LoadedConfig> {
  const file = join(folder, 'config.yaml')
  await writeFile(file, text)
  return loadConfig({ file, environment: {}, ...options })
}

async function problems(text: string, options: Partial<LoadOptions> = {}): Promise<string[]> {
  try {
    await load(text, options)
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map((p) => shown(formatProblem(p)))
    throw error
  }
  throw new Error('the configuration was taken')
}

async function warnings(text: string, options: Partial<LoadOptions> = {}): Promise<string[]> {
  const { warnings } = await load(text, options)
  return warnings.map((warning) => shown(formatProblem(warning)))
}

function shown(text: string): string {
  return text.replaceAll(`${folder}/`, '')
}

test('without a file every model is served, on loopback, open', async () => {
  const { settings, warnings } = await loadConfig({ environment: {} })
  expect(settings).toEqual({
    ...DEFAULT_SETTINGS,
    gateway: { ...DEFAULT_SETTINGS.gateway, allowedHosts: [], allowedOrigins: [] },
  })
  expect(warnings).toEqual([])
})

test('the configuration file of LiteLLM’s own GitHub Copilot page is taken as it is', async () => {
  const { settings, warnings } = await load(`model_list:
  - model_name: github_copilot/gpt-4
    litellm_params:
      model: github_copilot/gpt-4
`)
  expect(warnings).toEqual([])
  expect(settings.deployments).toMatchObject([
    { modelName: 'github_copilot/gpt-4', provider: 'github_copilot', model: 'gpt-4' },
  ])
})

test('every field of an entry arrives', async () => {
  const { settings, warnings } = await load(
    `model_list:
  - model_name: team-*
    litellm_params:
      model: litellm_proxy/github_copilot/*
      api_base: http://litellm.internal:4000/
      api_key: os.environ/PROXY_KEY
      extra_headers: { Editor-Version: vscode/1.99.2, X-Team: 7 }
      timeout: 12.5
      stream_timeout: "3"
      num_retries: 4
      rpm: 100
      tpm: 20000
      weight: 3
      order: 2
      max_parallel_requests: 8
    model_info: { id: blue, mode: chat, anything: { else: 1 } }
`,
    { environment: { PROXY_KEY: 'sk-secret' } },
  )
  expect(warnings).toEqual([])
  expect(settings.deployments).toEqual([
    {
      id: expect.stringMatching(/^[0-9a-f]{16}$/),
      modelName: 'team-*',
      provider: 'litellm_proxy',
      model: 'github_copilot/*',
      apiBase: 'http://litellm.internal:4000',
      apiKey: 'sk-secret',
      extraHeaders: { 'editor-version': 'vscode/1.99.2', 'x-team': '7' },
      timeoutMs: 12_500,
      streamTimeoutMs: 3000,
      retries: 4,
      requestsPerMinute: 100,
      tokensPerMinute: 20_000,
      maxParallelRequests: 8,
      weight: 3,
      order: 2,
      infoId: 'blue',
    },
  ])
})

test('an entry keeps its id over reloads, and equal entries have ids of their own', async () => {
  const entry = (key: string): string =>
    `  - { model_name: a, litellm_params: { model: openai/a, api_key: ${key} } }\n`
  const before = await load(`model_list:\n${entry('one')}${entry('two')}`)
  const after = await load(`# moved\nmodel_list:\n${entry('three')}${entry('two')}`)
  const ids = before.settings.deployments.map(({ id }) => id)
  expect(new Set(ids).size).toBe(2)
  expect(after.settings.deployments.map(({ id }) => id)).toEqual(ids)
})

test('a model without a provider is Copilot’s, unless the entry gives a host or a key', async () => {
  const { settings } = await load(`model_list:
  - { model_name: a, litellm_params: { model: gpt-4o } }
  - { model_name: b, litellm_params: { model: gpt-4o, api_key: k } }
  - { model_name: c, litellm_params: { model: llama, api_base: "http://localhost:8000/v1" } }
`)
  expect(settings.deployments.map(({ provider }) => provider)).toEqual([
    'github_copilot',
    'openai',
    'openai',
  ])
})

test('router, LiteLLM and general settings', async () => {
  const { settings, warnings } = await load(`router_settings:
  fallbacks: [{ gpt-4o: [gpt-4.1, gpt-4o-mini] }, { "*": [gpt-4.1] }]
  context_window_fallbacks: [{ gpt-4o: [gpt-4.1] }]
  model_group_alias: { gpt-4: gpt-4o, hidden-one: { model: gpt-4.1, hidden: true } }
  num_retries: 5
  cooldown_time: 0.5
  allowed_fails: 7
  routing_strategy: least-busy
  redis_host: redis
  redis_password: "p w"
litellm_settings:
  drop_params: True
  request_timeout: 42
  num_retries: 1
general_settings:
  master_key: sk-1234
  database_url: postgresql://db/jetway
  max_request_size_mb: 2
  global_max_parallel_requests: 9
jetway:
  host: 0.0.0.0
  port: 8080
  drain_timeout: 5
  keep_alive: 3
  upstream_web_socket: true
  session_ttl: 90
  connect_timeout: 2
  accept_policies: true
  identity_headers: { Editor-Version: mine/1 }
  allowed_hosts: jetway.test, other.test
  responses_web_socket: false
  responses_ttl: 60
  responses_max_mb: 2
  opentelemetry: true
  limits: { max_parallel_per_seat: 3, max_queued_per_seat: 4, queue_timeout: 5, min_gap: 0.25 }
`)
  expect(warnings).toEqual([])
  expect(settings).toEqual({
    deployments: [],
    router: {
      fallbacks: new Map([['gpt-4o', ['gpt-4.1', 'gpt-4o-mini']]]),
      defaultFallbacks: ['gpt-4.1'],
      contextWindowFallbacks: new Map([['gpt-4o', ['gpt-4.1']]]),
      contentPolicyFallbacks: new Map(),
      aliases: new Map([
        ['gpt-4', 'gpt-4o'],
        ['hidden-one', 'gpt-4.1'],
      ]),
      retries: 5,
      cooldownMs: 500,
      allowedFails: 7,
      strategy: 'least-busy',
      dropParams: true,
      timeoutMs: 42_000,
      streamTimeoutMs: 300_000,
      connectTimeoutMs: 2000,
      keepAliveMs: 3000,
      upstreamWebSocket: true,
      sessionTtlMs: 90_000,
    },
    gateway: {
      host: '0.0.0.0',
      port: 8080,
      masterKey: 'sk-1234',
      databaseUrl: 'postgresql://db/jetway',
      redisUrl: 'redis://:p%20w@redis:6379',
      maxBodyBytes: 2_097_152,
      drainMs: 5000,
      maxConcurrentCalls: 9,
      allowedHosts: ['jetway.test', 'other.test'],
      allowedOrigins: [],
      openTelemetry: true,
      responses: { webSocket: false, keepMs: 60_000, keepBytes: 2_097_152 },
    },
    limits: {
      maxParallelPerSeat: 3,
      maxQueuedPerSeat: 4,
      queueTimeoutMs: 5000,
      minGapMs: 250,
      anomaly: DEFAULT_SETTINGS.limits.anomaly,
    },
    images: DEFAULT_SETTINGS.images,
    copilot: { acceptPolicies: true, identityHeaders: { 'editor-version': 'mine/1' } },
  })
})

describe('precedence', () => {
  const file = 'jetway: { port: 3 }\ngeneral_settings: { master_key: from-file }\n'

  test('a flag wins over the environment, that over the file', async () => {
    const port = async (options: Partial<LoadOptions>): Promise<number> =>
      (await load(file, options)).settings.gateway.port
    expect(await port({})).toBe(3)
    expect(await port({ environment: { PORT: '4' } })).toBe(4)
    expect(await port({ environment: { PORT: '4', JETWAY_PORT: '5' } })).toBe(5)
    expect(await port({ environment: { JETWAY_PORT: '5' }, flags: { port: 6 } })).toBe(6)
    expect(await port({ environment: { JETWAY_PORT: '5' }, flags: { port: 0 } })).toBe(0)
  })

  test.each([
    [{}, 'from-file'],
    [{ LITELLM_MASTER_KEY: 'l' }, 'l'],
    [{ LITELLM_MASTER_KEY: 'l', JETWAY_MASTER_KEY: 'j' }, 'j'],
    [{ JETWAY_MASTER_KEY: '' }, 'from-file'],
  ])('master key with %j', async (environment, expected) => {
    expect((await load(file, { environment })).settings.gateway.masterKey).toBe(expected)
  })

  test('where each value came from can be asked', async () => {
    const { origins } = await load(file, {
      environment: { JETWAY_MASTER_KEY: 'k' },
      flags: { host: '::1' },
    })
    const source = (setting: string): string | undefined =>
      origins.find((origin) => origin.setting === setting)?.source
    expect(source('gateway.host')).toBe('--host')
    expect(source('gateway.master_key')).toBe('JETWAY_MASTER_KEY')
    expect(shown(source('gateway.port') ?? '')).toBe('config.yaml:1:17')
    expect(source('router.num_retries')).toBe('default')
    expect(JSON.stringify(origins)).not.toContain('from-file')
  })
})

describe('environment variables', () => {
  test('stand anywhere a value may, as text that is read as the number or truth value wanted', async () => {
    const { settings } = await load(
      `jetway: { port: os.environ/A, responses_web_socket: os.environ/B }
model_list:
  - { model_name: os.environ/C, litellm_params: { model: github_copilot/gpt-4o } }
`,
      { environment: { A: '4321', B: 'False', C: 'mine' } },
    )
    expect(settings.gateway).toMatchObject({ port: 4321, responses: { webSocket: false } })
    expect(settings.deployments[0]?.modelName).toBe('mine')
  })

  test('the file’s own section gives defaults for them, and the process’s win', async () => {
    const text = `environment_variables: { NAME: from-file, COUNT: 3 }
model_list:
  - { model_name: os.environ/NAME, litellm_params: { model: github_copilot/gpt-4o } }
`
    const alone = await load(text)
    expect(alone.settings.deployments[0]?.modelName).toBe('from-file')
    expect(alone.environment).toMatchObject({ NAME: 'from-file', COUNT: '3' })
    const over = await load(text, { environment: { NAME: 'process' } })
    expect(over.settings.deployments[0]?.modelName).toBe('process')
  })

  test('one that is not set leaves the value out and is named', async () => {
    const text = `model_list:
  - model_name: a
    litellm_params: { model: openai/a, api_key: os.environ/MISSING }
`
    expect(await warnings(text)).toEqual([
      'config.yaml:3:49: model_list[0].litellm_params.api_key names the environment variable MISSING, which is not set',
    ])
  })

  test('a master key that is not set is an error, not an open gateway', async () => {
    const text = 'general_settings:\n  master_key: os.environ/MISSING\n'
    expect(await problems(text)).toEqual([
      'config.yaml:2:15: general_settings.master_key names the environment variable MISSING, which is not set; ' +
        'without it the gateway would be open',
    ])
    const { settings } = await load(text, { environment: { JETWAY_MASTER_KEY: 'k' } })
    expect(settings.gateway.masterKey).toBe('k')
  })
})

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

describe('YAML', () => {
  test('anchors and merge keys', async () => {
    const { settings } = await load(`x: &shared { api_key: k, timeout: 3 }
model_list:
  - { model_name: a, litellm_params: { <<: *shared, model: openai/a, timeout: 5 } }
  - { model_name: b, litellm_params: { model: openai/b, <<: [*shared, { rpm: 1 }] } }
`)
    expect(settings.deployments).toMatchObject([
      { apiKey: 'k', timeoutMs: 5000 },
      { apiKey: 'k', timeoutMs: 3000, requestsPerMinute: 1 },
    ])
  })

  test('aliases inside aliases are refused before they fill the memory', async () => {
    const levels = Array.from({ length: 30 }, (_, level) =>
      level === 0
        ? 'l0: &l0 [x, x, x, x, x, x, x, x, x, x]'
        : `l${level}: &l${level} [${Array.from({ length: 10 }, () => `*l${level - 1}`).join(', ')}]`,
    )
    expect((await problems(levels.join('\n')))[0]).toMatch(/more than 100000 values/)
  })

  test('deep nesting is refused', async () => {
    expect((await problems(`a: ${'['.repeat(200)}${']'.repeat(200)}`))[0]).toMatch(
      /nested more than 64 deep/,
    )
  })

  test.each(['', '# nothing\n', 'null\n', 'model_list:\n', 'jetway:\n  port:\n'])(
    'nothing in it: %j',
    async (text) => {
      expect((await load(text)).settings.gateway.port).toBe(4000)
    },
  )
})

describe('include', () => {
  test('lists are joined, maps merged, and the including file wins', async () => {
    await mkdir(join(folder, 'parts'))
    await writeFile(
      join(folder, 'parts/models.yaml'),
      `include: more.yaml
model_list:
  - { model_name: b, litellm_params: { model: gpt-4o } }
jetway: { port: 1, keep_alive: 9 }
`,
    )
    await writeFile(
      join(folder, 'parts/more.yaml'),
      'model_list:\n  - { model_name: c, litellm_params: { model: gpt-4o } }\n',
    )
    const { settings, files } = await load(`include: [parts/models.yaml]
model_list:
  - { model_name: a, litellm_params: { model: gpt-4o } }
jetway: { port: 2 }
`)
    expect(settings.deployments.map(({ modelName }) => modelName)).toEqual(['a', 'b', 'c'])
    expect(settings.gateway.port).toBe(2)
    expect(settings.router.keepAliveMs).toBe(9000)
    expect(files.map(shown)).toEqual(['config.yaml', 'parts/models.yaml', 'parts/more.yaml'])
  })

  test('an error in an included file names that file', async () => {
    await writeFile(join(folder, 'other.yaml'), 'jetway:\n  port: x\n')
    expect(await problems('include: other.yaml')).toEqual([
      'other.yaml:2:9: jetway.port must be a whole number',
    ])
  })

  test.each([
    ['include: config.yaml', /^config\.yaml:1:10: include: .*config\.yaml includes itself$/],
    ['include: missing.yaml', /^config\.yaml:1:10: .*missing\.yaml does not exist$/],
    ['include: .', /^config\.yaml:1:10: .* is a folder, not a file$/],
    ['include: { a: 1 }', /^config\.yaml:1:10: include must be a file name or a list of them$/],
  ])('%j', async (text, expected) => {
    expect((await problems(text))[0]).toMatch(expected)
  })
})
