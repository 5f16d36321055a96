import type { Admission } from '../../core/admission.ts'
import type { Caller } from '../../core/call.ts'
import type { CancelSignal } from '../../core/cancel-signal.ts'
import type { ListedModel } from '../../core/engine.ts'
import type { JetwayError } from '../../core/errors.ts'
import type { Model } from '../../core/model.ts'
import type { Deployment, Settings } from '../../core/settings.ts'
import type { Upstream } from '../../core/upstream.ts'
import { unknownProvider, upstreamLacks } from '../resolve/not-found.ts'
import { isWildcard } from '../resolve/wildcard.ts'
import { toJetwayError } from '../send/attempt.ts'

export interface ListingHouse {
  readonly settings: Settings
  readonly upstreams: ReadonlyMap<string, Upstream>
  readonly defaultProvider: string | undefined
  readonly admission: Admission | undefined
}

/**
 * The names a caller can use: the configuration's, with each wildcard spelled out from its upstream's catalogue; without a
 * configuration, every model of the default provider. Of these, those that admission would let it call.
 */
export async function listModels(
  house: ListingHouse,
  caller: Caller,
  signal: CancelSignal,
): Promise<readonly ListedModel[]> {
  const { admission } = house
  const served = await servedModels(house, caller, signal)
  return served.filter((listed) => admission?.allows?.(caller, listed) ?? true)
}

async function servedModels(
  { settings, upstreams, defaultProvider }: ListingHouse,
  caller: Caller,
  signal: CancelSignal,
): Promise<readonly ListedModel[]> {
  const listed = new Map<string, ListedModel>()
  const add = (entry: ListedModel): void => {
    const known = listed.get(entry.name)
    // Of a group, one deployment that works is enough.
    if (known === undefined || (known.problem !== undefined && entry.problem === undefined)) {
      listed.set(entry.name, entry)
    }
  }
  if (settings.deployments.length === 0) {
    const upstream = defaultProvider === undefined ? undefined : upstreams.get(defaultProvider)
    for (const model of (await upstream?.listModels({ seat: caller.seat }, signal)) ?? []) {
      add({ name: model.id, provider: upstream?.provider ?? '', model })
    }
  }
  let failure: unknown
  for (const deployment of settings.deployments) {
    try {
      for (const entry of await entriesOf(deployment, upstreams, caller, signal)) add(entry)
    } catch (error) {
      // One upstream that cannot be asked does not hide the others' models.
      failure ??= error
    }
  }
  if (listed.size === 0 && failure !== undefined) throw failure
  for (const [alias, name] of settings.router.aliases) {
    const meant = listed.get(name)
    if (meant !== undefined) add({ ...meant, name: alias })
  }
  return [...listed.values()]
}

async function entriesOf(
  deployment: Deployment,
  upstreams: ReadonlyMap<string, Upstream>,
  caller: Caller,
  signal: CancelSignal,
): Promise<readonly ListedModel[]> {
  const { modelName, provider, apiBase, apiKey } = deployment
  const upstream = upstreams.get(provider)
  const place = { seat: caller.seat, apiBase, apiKey }
  if (!isWildcard(modelName)) {
    // The name is the configuration's, whatever is known of the model.
    const found =
      upstream === undefined
        ? { problem: unknownProvider(provider) }
        : await lookUp(upstream, deployment.model, place, signal)
    return [{ name: modelName, provider, ...found }]
  }
  const models = (await upstream?.listModels(place, signal)) ?? []
  return models.map((model) => ({ name: nameUnder(deployment, model), provider, model }))
}

interface LookedUp {
  readonly model?: Model | undefined
  readonly problem?: JetwayError | undefined
}

async function lookUp(
  upstream: Upstream,
  ...asked: Parameters<Upstream['findModel']>
): Promise<LookedUp> {
  try {
    const model = await upstream.findModel(...asked)
    return model === undefined ? { problem: upstreamLacks(upstream.provider, asked[0]) } : { model }
  } catch (error) {
    return { problem: toJetwayError(error) }
  }
}

/** `my/*` → `my/gpt-4o`; a bare `*` takes a model's own name. */
function nameUnder({ modelName, model: pattern }: Deployment, model: Model): string {
  const [head = '', tail = ''] = pattern.split('*')
  const fits = model.id.startsWith(head) && model.id.endsWith(tail)
  const rest = fits ? model.id.slice(head.length, model.id.length - tail.length) : model.id
  return modelName.replace('*', () => rest)
}
