import { DEFAULT_SETTINGS } from '../core/default-settings.ts'
import type { GatewaySettings } from '../core/settings.ts'
import { environmentPort } from './environment-port.ts'
import { inMs } from './milliseconds.ts'
import { inFile, own, variables } from './pick.ts'
import type { BuildContext, Pick } from './pick.ts'
import type { ConfigFile } from './schema.ts'

const MEGABYTE = 1_048_576

export function gatewayFrom(file: ConfigFile, pick: Pick, context: BuildContext): GatewaySettings {
  const defaults = DEFAULT_SETTINGS.gateway
  const { environment, flags } = context
  const general = file.general_settings
  const megabytes = pick(
    'gateway.max_body_size_mb',
    [
      ...own(file, 'max_body_size_mb'),
      inFile(['general_settings', 'max_request_size_mb'], general?.max_request_size_mb),
    ],
    defaults.maxBodyBytes / MEGABYTE,
  )
  return {
    host: pick(
      'gateway.host',
      [
        { name: '--host', value: flags.host },
        ...variables(environment, 'JETWAY_HOST'),
        ...own(file, 'host'),
      ],
      defaults.host,
    ),
    port: pick(
      'gateway.port',
      [
        { name: '--port', value: flags.port },
        ...environmentPort(environment, context.fail),
        ...own(file, 'port'),
      ],
      defaults.port,
    ),
    masterKey: pick<string | undefined>(
      'gateway.master_key',
      [
        ...variables(environment, 'JETWAY_MASTER_KEY', 'LITELLM_MASTER_KEY'),
        inFile(['general_settings', 'master_key'], general?.master_key),
        ...own(file, 'master_key'),
      ],
      undefined,
    ),
    databaseUrl: pick<string | undefined>(
      'gateway.database_url',
      [
        ...variables(environment, 'DATABASE_URL'),
        inFile(['general_settings', 'database_url'], general?.database_url),
        ...own(file, 'database_url'),
      ],
      undefined,
    ),
    redisUrl: pick<string | undefined>(
      'gateway.redis_url',
      [
        ...variables(environment, 'REDIS_URL'),
        ...own(file, 'redis_url'),
        inFile(['router_settings', 'redis_url'], file.router_settings?.redis_url),
        inFile(['router_settings', 'redis_host'], redisAddress(file.router_settings)),
      ],
      undefined,
    ),
    maxBodyBytes: Math.max(1, Math.round(megabytes * MEGABYTE)),
    drainMs: inMs(
      pick('gateway.drain_timeout', own(file, 'drain_timeout'), defaults.drainMs / 1000),
    ),
    maxConcurrentCalls: pick(
      'gateway.max_concurrent_calls',
      [
        ...own(file, 'max_concurrent_calls'),
        inFile(
          ['general_settings', 'global_max_parallel_requests'],
          general?.global_max_parallel_requests,
        ),
      ],
      defaults.maxConcurrentCalls,
    ),
    allowedHosts: pick('gateway.allowed_hosts', own(file, 'allowed_hosts'), []),
    allowedOrigins: pick('gateway.allowed_origins', own(file, 'allowed_origins'), []),
    openTelemetry: pick('gateway.opentelemetry', own(file, 'opentelemetry'), false),
    responses: {
      webSocket: pick('gateway.responses_web_socket', own(file, 'responses_web_socket'), true),
      keepMs: inMs(pick('gateway.responses_ttl', own(file, 'responses_ttl'), 86_400)),
      keepBytes: Math.round(
        pick('gateway.responses_max_mb', own(file, 'responses_max_mb'), 64) * MEGABYTE,
      ),
    },
  }
}

/** LiteLLM's three separate fields as one address. */
function redisAddress(router: ConfigFile['router_settings']): string | undefined {
  if (router?.redis_host === undefined) return undefined
  const password =
    router.redis_password === undefined ? '' : `:${encodeURIComponent(router.redis_password)}@`
  return `redis://${password}${router.redis_host}:${router.redis_port ?? 6379}`
}
