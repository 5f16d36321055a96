import type { Clock } from '../core/clock.ts'
import type { HttpClient } from '../core/http.ts'
import type { Model, WireName } from '../core/model.ts'
import type { Place, Upstream } from '../core/upstream.ts'
import { createAddressBook } from './address.ts'
import type { AddressDefaults } from './address.ts'
import { createCatalogue } from './catalogue.ts'
import { permissiveModel } from './permissive-model.ts'
import { prepare } from './prepare.ts'
import { readFailure } from './read-failure.ts'
import { createRenames } from './renames.ts'

/** Any OpenAI-compatible upstream: LiteLLM, Jetway itself, OpenAI, or what speaks like them. */
export interface CompatibleOptions extends AddressDefaults {
  /** As in `litellm_proxy/<name>`. */
  readonly provider: string
  readonly http: HttpClient
  readonly clock: Clock
  readonly wires: readonly WireName[]
  /** Pass on the caller's editor and Anthropic headers: for another gateway, which needs them upstream. */
  readonly forwardsCallerHeaders: boolean
}

export function createCompatible(options: CompatibleOptions): Upstream {
  const { provider, wires, clock } = options
  const addresses = createAddressBook(options)
  const renames = createRenames()
  const catalogue = createCatalogue(options.http, clock, (refusal) =>
    readFailure(refusal, provider, clock.now()),
  )
  return {
    provider,
    // Gateways serve names that they do not list, so there is nothing to look up.
    findModel: (id: string) =>
      Promise.resolve(id === '' ? undefined : permissiveModel(id, provider, wires)),
    async listModels(at: Place, signal): Promise<readonly Model[]> {
      const entries = await catalogue.list(addresses.find(at), signal)
      return entries.map((entry) => permissiveModel(entry.id, provider, wires, entry.raw))
    },
    // An address that may not be used rejects; the engine awaits this.
    // oxlint-disable-next-line typescript/require-await
    access: async (at: Place) => addresses.find(at),
    prepare: (draft) =>
      prepare(draft, {
        forwardsCallerHeaders: options.forwardsCallerHeaders,
        rename: renames.of(draft.model.id),
      }),
    readFailure: (refusal) => readFailure(refusal, provider, clock.now()),
    mend(mend) {
      if (mend.kind === 'rename-parameter') renames.learn(mend)
      return Promise.resolve()
    },
  }
}

export interface CompatibleEnvironment {
  readonly http: HttpClient
  readonly clock: Clock
  readonly env: Readonly<Record<string, string | undefined>>
}

/** `litellm_proxy/<name>`: `LITELLM_PROXY_API_BASE` and `LITELLM_PROXY_API_KEY` are its defaults. */
export function createLiteLlmProxy({ http, clock, env }: CompatibleEnvironment): Upstream {
  return createCompatible({
    provider: 'litellm_proxy',
    http,
    clock,
    wires: ['chat', 'responses', 'messages', 'embeddings'],
    forwardsCallerHeaders: true,
    apiBase: env['LITELLM_PROXY_API_BASE'],
    apiKey: env['LITELLM_PROXY_API_KEY'],
    baseVariable: 'LITELLM_PROXY_API_BASE',
    keyVariable: 'LITELLM_PROXY_API_KEY',
    keyRequired: false,
  })
}

/** `openai/<model>`: OpenAI's own API unless told otherwise. */
export function createOpenAi({ http, clock, env }: CompatibleEnvironment): Upstream {
  return createCompatible({
    provider: 'openai',
    http,
    clock,
    wires: ['chat', 'responses', 'embeddings'],
    forwardsCallerHeaders: false,
    apiBase: env['OPENAI_API_BASE'] ?? env['OPENAI_BASE_URL'] ?? 'https://api.openai.com/v1',
    apiKey: env['OPENAI_API_KEY'],
    baseVariable: 'OPENAI_API_BASE',
    keyVariable: 'OPENAI_API_KEY',
    keyRequired: true,
  })
}
