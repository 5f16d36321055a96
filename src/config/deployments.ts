import { createHash } from 'node:crypto'
import type { Deployment } from '../core/settings.ts'
import { inMs } from './milliseconds.ts'
import type { ConfigProblem } from './problem.ts'
import type { ModelEntry } from './schema.ts'

const PROVIDERS = new Set(['github_copilot', 'litellm_proxy', 'openai'])

export interface DeploymentsContext {
  readonly warn: (problem: ConfigProblem) => void
  readonly fail: (problem: ConfigProblem) => void
  /** Where `model_list[index]` and what is below it stands. */
  readonly at: (index: number, ...path: readonly string[]) => ConfigProblem['at']
}

/** `model_list` as deployments. Entries of providers we do not serve are named and left out. */
export function deploymentsFrom(
  entries: readonly ModelEntry[],
  context: DeploymentsContext,
): readonly Deployment[] {
  const seen = new Map<string, number>()
  return entries.flatMap((entry, index) => {
    const target = targetOf(entry)
    if (!target) {
      const provider = entry.litellm_params.model.split('/')[0] ?? ''
      context.warn({
        message:
          `${entry.model_name}: the provider ${provider} is not supported here, so this entry is left out ` +
          `(supported: ${[...PROVIDERS].join(', ')})`,
        at: context.at(index, 'litellm_params', 'model'),
      })
      return []
    }
    const wrong = wildcardProblem(entry.model_name, target.model)
    if (wrong !== undefined) {
      context.fail({
        message: `${entry.model_name}: ${wrong}`,
        at: context.at(index, 'model_name'),
      })
      return []
    }
    const key = identityOf(entry)
    const repeats = seen.get(key) ?? 0
    seen.set(key, repeats + 1)
    return [deploymentFrom(entry, target, repeats === 0 ? key : `${key}-${repeats + 1}`)]
  })
}

interface Target {
  readonly provider: string
  readonly model: string
}

/** A name without a provider is OpenAI's in a LiteLLM file that gives a host or a key for it, and Copilot's otherwise. */
function targetOf(entry: ModelEntry): Target | undefined {
  const { model, api_base, base_url, api_key } = entry.litellm_params
  const slash = model.indexOf('/')
  if (slash > 0) {
    const provider = model.slice(0, slash)
    return PROVIDERS.has(provider) ? { provider, model: model.slice(slash + 1) } : undefined
  }
  const elsewhere = (api_base ?? base_url ?? api_key) !== undefined
  return { provider: elsewhere ? 'openai' : 'github_copilot', model }
}

function wildcardProblem(name: string, model: string): string | undefined {
  const stars = (text: string): number => text.split('*').length - 1
  if (stars(name) > 1) return 'model_name may hold one * only'
  if (stars(model) > 1) return 'the model may hold one * only'
  if (stars(model) === 1 && stars(name) === 0) {
    return 'the model holds a *, so model_name must hold one too'
  }
  return model === '' ? 'the model after the provider is missing' : undefined
}

function deploymentFrom(entry: ModelEntry, target: Target, id: string): Deployment {
  const params = entry.litellm_params
  return {
    id,
    modelName: entry.model_name,
    provider: target.provider,
    model: target.model,
    apiBase: (params.api_base ?? params.base_url)?.replace(/\/+$/, ''),
    apiKey: params.api_key,
    extraHeaders: lowerCaseNames(params.extra_headers ?? {}),
    timeoutMs: params.timeout === undefined ? undefined : inMs(params.timeout),
    streamTimeoutMs: params.stream_timeout === undefined ? undefined : inMs(params.stream_timeout),
    retries: params.num_retries ?? params.max_retries,
    requestsPerMinute: params.rpm,
    tokensPerMinute: params.tpm,
    maxParallelRequests: params.max_parallel_requests,
    weight: params.weight ?? 1,
    order: params.order ?? 1,
    infoId: entry.model_info?.id,
  }
}

/** Without the key: the id stands in logs and metrics, and a hash of a secret helps to guess it. */
function identityOf(entry: ModelEntry): string {
  const { api_key: _secret, extra_headers: _maybeSecret, ...params } = entry.litellm_params
  const text = JSON.stringify([entry.model_name, Object.entries(params).sort(byName)])
  return createHash('sha256').update(text).digest('hex').slice(0, 16)
}

function byName([one]: [string, unknown], [other]: [string, unknown]): number {
  return one < other ? -1 : 1
}

export function lowerCaseNames(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
  )
}
