import * as z from 'zod'
import {
  amount,
  count,
  databasePlace,
  fallbackChains,
  headers,
  names,
  positiveSeconds,
  seconds,
  text,
  truth,
  webAddress,
} from './fields.ts'

const map = { error: 'must be a map' }

/** Of a text that must be there: a value of another kind is not missing. */
const missingOr =
  (what: string) =>
  ({ input }: { readonly input: unknown }): string =>
    input === undefined || input === null ? `is missing: ${what}` : `must be text: ${what}`

const litellmParams = z.object(
  {
    model: z
      .string({ error: missingOr('the model to call, as github_copilot/gpt-4o') })
      .min(1, { error: 'must not be empty' })
      .describe('Provider and model upstream, as `github_copilot/gpt-4o`; may hold one `*`.'),
    api_base: webAddress('Base URL of the upstream, instead of the provider’s own.'),
    base_url: webAddress('The same as `api_base`.'),
    api_key: text('Key for the upstream.'),
    extra_headers: headers('Sent with every call to this entry; they win over all others.'),
    timeout: positiveSeconds('Bounds a whole call, in seconds.'),
    stream_timeout: positiveSeconds(
      'Bounds the wait for the first byte and between two, in seconds.',
    ),
    num_retries: count('Further attempts after the first.', 0, 100),
    max_retries: count('The same as `num_retries`.', 0, 100),
    rpm: count('Calls a minute.'),
    tpm: count('Tokens a minute.'),
    weight: amount('Share of the calls among entries of one name. Default 1.'),
    order: count('Entries with a lower order are tried first. Default 1.'),
    max_parallel_requests: count('Calls under way at once.', 1),
  },
  map,
)

const modelEntry = z.object(
  {
    model_name: z
      .string({ error: missingOr('the name that clients call the model by') })
      .min(1, { error: 'must not be empty' })
      .describe(
        'What clients call it; may hold one `*`. Several entries of one name are one group.',
      ),
    litellm_params: litellmParams.describe('Where a call goes.'),
    model_info: z
      .looseObject({ id: text('Clients may call the model by it.') }, map)
      .optional()
      .describe('What is known about the model. Only `id` has an effect.'),
  },
  map,
)

const alias = z.union(
  [z.string(), z.object({ model: z.string(), hidden: z.unknown().optional() })],
  { error: 'must be the name of a model group' },
)

const routerSettings = z.object(
  {
    fallbacks: fallbackChains('Models to try when one fails.'),
    default_fallbacks: names('Models to try when one without its own fallbacks fails.'),
    context_window_fallbacks: fallbackChains('Models to try when the prompt is too long.'),
    content_policy_fallbacks: fallbackChains('Models to try when a filter refuses.'),
    model_group_alias: z
      .record(z.string(), alias, { error: 'must be a map from a name to a model group' })
      .optional()
      .describe('Other names of model groups.'),
    num_retries: count('Further attempts after the first. Default 2.', 0, 100),
    cooldown_time: seconds(
      'How long an entry rests after failing too often, in seconds. Default 5.',
    ),
    allowed_fails: count('Failures a minute before an entry rests. Default 3.'),
    routing_strategy: z
      .string({ error: 'must be text' })
      .optional()
      .describe('`simple-shuffle` (the default: by weight) or `least-busy`.'),
    timeout: positiveSeconds('Bounds a whole call, in seconds. Default 600.'),
    stream_timeout: positiveSeconds(
      'Bounds the wait for the first byte and between two. Default 300.',
    ),
    redis_url: text('Where replicas share state.'),
    redis_host: text('Where replicas share state, with `redis_port` and `redis_password`.'),
    redis_port: count('Default 6379.', 1, 65_535),
    redis_password: text('Password of that Redis.'),
  },
  map,
)

const litellmSettings = z.object(
  {
    drop_params: truth('Leave out, and name, what a model does not take, instead of refusing.'),
    request_timeout: positiveSeconds('Bounds a whole call, in seconds. Default 600.'),
    num_retries: count('Further attempts after the first.', 0, 100),
    fallbacks: fallbackChains('Models to try when one fails.'),
    default_fallbacks: names('Models to try when one without its own fallbacks fails.'),
    context_window_fallbacks: fallbackChains('Models to try when the prompt is too long.'),
    content_policy_fallbacks: fallbackChains('Models to try when a filter refuses.'),
    allowed_fails: count('Failures a minute before an entry rests.'),
    cooldown_time: seconds('How long an entry rests after failing too often, in seconds.'),
    sse_keepalive_ping_interval_seconds: positiveSeconds('The same as `jetway.keep_alive`.'),
  },
  map,
)

const generalSettings = z.object(
  {
    master_key: text('The key that may do everything. `JETWAY_MASTER_KEY` wins over it.'),
    database_url: databasePlace(
      'Where keys and usage are kept: `postgres://…`, or the path of an SQLite file. `DATABASE_URL` wins over it.',
    ),
    max_request_size_mb: amount('Larger requests are refused with 413. Default 64.'),
    global_max_parallel_requests: count('Calls under way at once. Default 1000.', 1),
    accept_policies: truth('The same as `jetway.accept_policies`.'),
  },
  map,
)

const limits = z.object(
  {
    max_parallel_per_seat: count('Calls under way at once for one seat. Default 12.', 1),
    max_queued_per_seat: count('Calls that may wait for a place. Default 64.'),
    queue_timeout: seconds('How long they may wait, in seconds. Default 30.'),
    min_gap: seconds('Smallest gap between two calls started on one seat, in seconds. Default 0.'),
    anomaly_stop: truth(
      'Stop a key or seat that runs wild until a person lifts it. `JETWAY_ANOMALY_STOP` wins over it. Default true.',
    ),
    anomaly_credits_per_hour: count(
      'Stop one that spends more credits within an hour; 0: no such ceiling. Default 10000.',
    ),
    anomaly_times_usual: amount(
      'Stop one that spends this many times its usual rate within ten minutes; 0: never. Default 20.',
    ),
    anomaly_identical_requests: count(
      'Stop one that sends the same request so often within ten minutes; 0: never. Default 500.',
    ),
    anomaly_abuse_signals: count(
      'Stop a seat to which GitHub speaks of abuse so often within ten minutes; 0: never. Default 3.',
    ),
  },
  map,
)

const images = z.object(
  {
    fetch: truth(
      'Fetch images that a request names by `https` address, from public addresses only, and send them on as data. Default false.',
    ),
    hosts: names('Fetch from these hosts only; other addresses are sent on as they are.'),
    max_mb: amount('The images of one request together. Default 20.'),
    max_count: count('Images of one request. Default 20.', 1),
    timeout: positiveSeconds('For all images of one request, in seconds. Default 10.'),
  },
  map,
)

const webSearch = z.object(
  {
    model: text(
      'A model that searches by itself on `/responses`, as `github_copilot/gpt-5.5`: it answers requests that offer a web search and no other tool (Anthropic’s `web_search_…`, Gemini’s `googleSearch`, `web_search_options`). Without it they are refused.',
    ),
  },
  map,
)

const jetway = z.object(
  {
    host: text('Address to listen on. Default 127.0.0.1; any other needs a master key.'),
    port: count('Port to listen on. Default 4000.', 0, 65_535),
    master_key: text('The same as `general_settings.master_key`.'),
    database_url: databasePlace('The same as `general_settings.database_url`.'),
    redis_url: text('Where replicas share state. `REDIS_URL` wins over it.'),
    max_body_size_mb: amount('Larger requests are refused with 413. Default 64.'),
    max_concurrent_calls: count('Calls under way at once; one more gets 503. Default 1000.', 1),
    drain_timeout: seconds('How long running calls may take after a stop, in seconds. Default 30.'),
    connect_timeout: positiveSeconds('TCP and TLS to an upstream, in seconds. Default 10.'),
    keep_alive: positiveSeconds('A silent stream gets a comment or ping this often. Default 15.'),
    accept_policies: truth('Accept a model’s policy on the way. Default false.'),
    identity_headers: headers('Values that replace those of the default profile.'),
    allowed_hosts: names('Further names in a Host header that are taken while bound to loopback.'),
    allowed_origins: names('Web origins whose pages may call the gateway.'),
    upstream_web_socket: truth(
      'Ask models that list it over a WebSocket, HTTP where that does not work: for every client, or for none. Default: for clients that came over a WebSocket themselves.',
    ),
    session_ttl: seconds(
      'A session stays with the deployment of its group that served it last, for so long after its last call, in seconds; 0: it does not. Default 3600.',
    ),
    responses_web_socket: truth('Serve `/v1/responses` as a WebSocket, too. Default true.'),
    responses_ttl: seconds(
      'How long responses are kept for `previous_response_id`, in seconds; 0: not at all. Default 86400.',
    ),
    responses_max_mb: amount('Responses kept for one key; above it the oldest go. Default 64.'),
    opentelemetry: truth(
      'Traces and metrics through `@opentelemetry/api`, for the SDK that the process has registered. Counts at the start. Default false.',
    ),
    limits: limits.optional().describe('Protect the account from a runaway client.'),
    images: images.optional().describe('Images that a request names by address.'),
    web_search: webSearch.optional().describe('Searches of the web for models that have none.'),
  },
  map,
)

/** The file: LiteLLM's own form, and a section for what LiteLLM has no word for. Keys not named here are left out. */
export const configSchema = z.object(
  {
    model_list: z
      .array(modelEntry, { error: 'must be a list of models' })
      .optional()
      .describe(
        'The names that are listed, and where their calls go. Without it: every model of the catalogue. A model of Copilot can be called by its own name beside them; what a key may call its `models` say.',
      ),
    router_settings: routerSettings.optional().describe('Retries, fallbacks, load balancing.'),
    litellm_settings: litellmSettings.optional().describe('Settings of every call.'),
    general_settings: generalSettings.optional().describe('Settings of the gateway.'),
    environment_variables: z
      .record(
        z.string(),
        z.union([z.string(), z.number(), z.boolean()], { error: 'must be text' }),
        { error: 'must be a map' },
      )
      .optional()
      .describe('Defaults for environment variables; the process’s own win.'),
    jetway: jetway.optional().describe('What LiteLLM has no word for.'),
    jetway_settings: jetway.optional().describe('The same as `jetway`.'),
  },
  map,
)

export type ConfigFile = z.infer<typeof configSchema>
export type ModelEntry = z.infer<typeof modelEntry>
