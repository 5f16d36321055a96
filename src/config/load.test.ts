import { expect, test } from 'vitest'
import { DEFAULT_SETTINGS } from '../core/default-settings.ts'
import { useConfigFolder } from './__fixtures__/use-config-folder.ts'
import { loadConfig } from './index.ts'

const { load } = useConfigFolder()

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
