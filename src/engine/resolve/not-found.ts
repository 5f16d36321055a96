import type { CancelSignal } from '../../core/cancel-signal.ts'
import { NotFoundError } from '../../core/errors.ts'
import type { Settings } from '../../core/settings.ts'
import type { Place, Upstream } from '../../core/upstream.ts'
import { nearestNames } from './nearest-names.ts'
import type { Route } from './target.ts'
import { isWildcard } from './wildcard.ts'

/** Longer names are cut in messages: they are the client's text. */
const SHOWN = 100

const MODEL = { code: 'model_not_found', param: 'model' }

export function unknownProvider(provider: string): NotFoundError {
  return new NotFoundError(`there is no upstream called ${provider}`, MODEL)
}

export function upstreamLacks(provider: string, model: string): NotFoundError {
  return new NotFoundError(`${provider} has no model '${model}'`, MODEL)
}

/** No such model, and which ones may have been meant. */
export async function notFound(
  route: Route,
  settings: Settings,
  upstreams: ReadonlyMap<string, Upstream>,
  place: Place,
  signal: CancelSignal,
): Promise<NotFoundError> {
  const names = new Set(settings.router.aliases.keys())
  for (const { modelName } of settings.deployments) if (!isWildcard(modelName)) names.add(modelName)
  const [target] = route.targets
  const upstream = target === undefined ? undefined : upstreams.get(target.provider)
  try {
    for (const model of (await upstream?.listModels(place, signal)) ?? []) names.add(model.id)
  } catch {
    // The advice is a courtesy: without a catalogue it is left out.
  }
  const near = nearestNames(route.name, names)
  const advice = near.length === 0 ? '' : `; did you mean ${near.join(', ')}?`
  return new NotFoundError(
    `the model '${route.name.slice(0, SHOWN)}' does not exist${advice}`,
    MODEL,
  )
}
