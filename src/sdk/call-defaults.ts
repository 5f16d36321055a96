import type { CopilotOptions } from './options.ts'
import type { CallExtras } from './types/options.ts'

/** What the client says for every call. */
export function callDefaults(options: CopilotOptions): CallExtras {
  return {
    api_base: options.api_base,
    api_key: options.api_key,
    extra_headers: options.extra_headers,
    timeout: options.timeout,
    stream_timeout: options.stream_timeout,
    num_retries: options.num_retries,
    fallbacks: options.fallbacks,
    drop_params: options.drop_params,
    use_defaults: options.use_defaults,
  }
}
