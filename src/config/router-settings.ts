import { DEFAULT_SETTINGS } from '../core/default-settings.ts'
import type { RouterSettings } from '../core/settings.ts'
import { inMs } from './milliseconds.ts'
import { inFile, own } from './pick.ts'
import type { BuildContext, Pick, Place } from './pick.ts'
import type { ConfigFile } from './schema.ts'

type Router = NonNullable<ConfigFile['router_settings']>
type Litellm = NonNullable<ConfigFile['litellm_settings']>

export function routerFrom(file: ConfigFile, pick: Pick, context: BuildContext): RouterSettings {
  const defaults = DEFAULT_SETTINGS.router
  const router = file.router_settings
  const litellm = file.litellm_settings
  const both = <Key extends keyof Router & keyof Litellm>(key: Key) =>
    [
      inFile(['router_settings', key], router?.[key]),
      inFile(['litellm_settings', key], litellm?.[key]),
    ] as Place<NonNullable<Router[Key]>>[]

  const fallbacks = chainsFrom(pick('router.fallbacks', both('fallbacks'), []))
  const generic = fallbacks.get('*') ?? defaults.defaultFallbacks
  return {
    fallbacks: new Map([...fallbacks].filter(([name]) => name !== '*')),
    defaultFallbacks: pick('router.default_fallbacks', both('default_fallbacks'), [...generic]),
    contextWindowFallbacks: chainsFrom(
      pick('router.context_window_fallbacks', both('context_window_fallbacks'), []),
    ),
    contentPolicyFallbacks: chainsFrom(
      pick('router.content_policy_fallbacks', both('content_policy_fallbacks'), []),
    ),
    aliases: aliasesFrom(router?.model_group_alias),
    retries: pick('router.num_retries', both('num_retries'), defaults.retries),
    cooldownMs: inMs(
      pick('router.cooldown_time', both('cooldown_time'), defaults.cooldownMs / 1000),
    ),
    allowedFails: pick('router.allowed_fails', both('allowed_fails'), defaults.allowedFails),
    strategy: strategyFrom(router?.routing_strategy, context),
    dropParams: pick(
      'router.drop_params',
      [inFile(['litellm_settings', 'drop_params'], litellm?.drop_params)],
      defaults.dropParams,
    ),
    timeoutMs: inMs(
      pick(
        'router.timeout',
        [
          inFile(['router_settings', 'timeout'], router?.timeout),
          inFile(['litellm_settings', 'request_timeout'], litellm?.request_timeout),
        ],
        defaults.timeoutMs / 1000,
      ),
    ),
    streamTimeoutMs: inMs(
      pick(
        'router.stream_timeout',
        [inFile(['router_settings', 'stream_timeout'], router?.stream_timeout)],
        defaults.streamTimeoutMs / 1000,
      ),
    ),
    connectTimeoutMs: inMs(
      pick(
        'router.connect_timeout',
        own(file, 'connect_timeout'),
        defaults.connectTimeoutMs / 1000,
      ),
    ),
    upstreamWebSocket: pick(
      'router.upstream_web_socket',
      own(file, 'upstream_web_socket'),
      defaults.upstreamWebSocket,
    ),
    sessionTtlMs: inMs(
      pick('router.session_ttl', own(file, 'session_ttl'), defaults.sessionTtlMs / 1000),
    ),
    keepAliveMs: inMs(
      pick(
        'router.keep_alive',
        [
          ...own(file, 'keep_alive'),
          inFile(
            ['litellm_settings', 'sse_keepalive_ping_interval_seconds'],
            litellm?.sse_keepalive_ping_interval_seconds,
          ),
        ],
        defaults.keepAliveMs / 1000,
      ),
    ),
  }
}

function chainsFrom(
  chains: readonly Readonly<Record<string, readonly string[]>>[],
): ReadonlyMap<string, readonly string[]> {
  return new Map(chains.flatMap((chain) => Object.entries(chain)))
}

function aliasesFrom(
  aliases: NonNullable<ConfigFile['router_settings']>['model_group_alias'],
): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(aliases ?? {}).map(([name, target]) => [
      name,
      typeof target === 'string' ? target : target.model,
    ]),
  )
}

const STRATEGIES_OF_LITELLM = new Set([
  'usage-based-routing',
  'usage-based-routing-v2',
  'latency-based-routing',
  'cost-based-routing',
])

function strategyFrom(name: string | undefined, context: BuildContext): RouterSettings['strategy'] {
  if (name === undefined) return DEFAULT_SETTINGS.router.strategy
  if (name === 'simple-shuffle' || name === 'least-busy') return name
  const place = context.at(['router_settings', 'routing_strategy'])
  if (STRATEGIES_OF_LITELLM.has(name)) {
    const message = `router_settings.routing_strategy: ${name} is not supported here; least-busy is used`
    context.warn({ message, at: place })
    return 'least-busy'
  }
  const message = 'router_settings.routing_strategy must be simple-shuffle or least-busy'
  context.fail({ message, at: place })
  return DEFAULT_SETTINGS.router.strategy
}
