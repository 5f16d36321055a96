import type { OptionSpec } from './command.ts'

/** LiteLLM's own spellings, so that its command lines work. https://docs.litellm.ai/docs/proxy/cli */
export interface LitellmOption {
  readonly name: string
  readonly value?: string
  /** Our option that means the same. */
  readonly means?: 'workers' | 'verbose' | 'config' | 'request-timeout' | 'drop-params'
  /** Why it does nothing here. */
  readonly ignored?: string
}

const PYTHON_SERVER = 'it chooses or tunes a Python server'
const EVERY_MODEL =
  'every model of the account is served; name one in the configuration to rename it'
const IN_CONFIG = 'set it in the configuration instead'

export const LITELLM_TABLE: readonly LitellmOption[] = [
  { name: 'num_workers', value: 'N', means: 'workers' },
  { name: 'debug', means: 'verbose' },
  { name: 'detailed_debug', means: 'verbose' },
  { name: 'request_timeout', value: 'SECONDS', means: 'request-timeout' },
  { name: 'drop_params', means: 'drop-params' },
  { name: 'model', value: 'MODEL', ignored: EVERY_MODEL },
  { name: 'alias', value: 'NAME', ignored: IN_CONFIG },
  { name: 'api_base', value: 'URL', ignored: IN_CONFIG },
  { name: 'api_version', value: 'VERSION', ignored: IN_CONFIG },
  { name: 'headers', value: 'JSON', ignored: IN_CONFIG },
  { name: 'temperature', value: 'NUMBER', ignored: 'the gateway adds nothing to a request' },
  { name: 'max_tokens', value: 'N', ignored: 'the gateway adds nothing to a request' },
  { name: 'max_budget', value: 'AMOUNT', ignored: 'budgets belong to keys here' },
  { name: 'telemetry', value: 'BOOLEAN', ignored: 'there is no telemetry' },
  { name: 'add_function_to_prompt', ignored: 'tools are sent as tools' },
  { name: 'log_config', value: 'FILE', ignored: PYTHON_SERVER },
  { name: 'keepalive_timeout', value: 'SECONDS', ignored: PYTHON_SERVER },
  { name: 'timeout_worker_healthcheck', value: 'SECONDS', ignored: PYTHON_SERVER },
  { name: 'max_requests_before_restart', value: 'N', ignored: PYTHON_SERVER },
  { name: 'max_requests_before_restart_jitter', value: 'N', ignored: PYTHON_SERVER },
  { name: 'run_gunicorn', ignored: PYTHON_SERVER },
  { name: 'run_hypercorn', ignored: PYTHON_SERVER },
  { name: 'run_granian', ignored: PYTHON_SERVER },
  { name: 'ssl_keyfile_path', value: 'FILE', ignored: 'put a proxy with TLS in front' },
  { name: 'ssl_certfile_path', value: 'FILE', ignored: 'put a proxy with TLS in front' },
  { name: 'ciphers', value: 'LIST', ignored: 'put a proxy with TLS in front' },
  { name: 'iam_token_db_auth', ignored: 'put the token into DATABASE_URL' },
  { name: 'use_prisma_db_push', ignored: 'the schema is brought up to date at the start' },
  { name: 'use_queue', ignored: 'calls queue by themselves' },
  { name: 'prometheus_metrics_port', value: 'PORT', ignored: 'metrics are at /metrics' },
]

export const LITELLM_OPTIONS: readonly OptionSpec[] = LITELLM_TABLE.map(({ name, value }) =>
  value === undefined
    ? { name, summary: "LiteLLM's", hidden: true }
    : { name, value, summary: "LiteLLM's", hidden: true },
)
