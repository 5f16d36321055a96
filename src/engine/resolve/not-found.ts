import type { CancelSignal } from '../../core/cancel-signal.ts'
import { NotFoundError } from '../../core/errors.ts'
import type { Settings } from '../../core/settings.ts'
import type { Place, Upstream } from '../../core/upstream.ts'
import { nearestNames } from './nearest-names.ts'
import type { Route, Target } from './target.ts'
import { isWildcard } from './wildcard.ts'

/** Longer names are cut in messages: they are the client's text. */
export const SHOWN = 100

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
  const [target] = route.targets
  const upstream = target === undefined ? undefined : upstreams.get(target.provider)
  const catalogue = await namesOf(upstream, place, signal)
  const shown = route.name.slice(0, SHOWN)
  if (target !== undefined && isNamed(target)) {
    const advice = adviceFor(target.model, catalogue)
    return new NotFoundError(
      `in the configuration the model '${shown}' is '${target.model}' of ${target.provider}, which does not exist${advice}`,
      MODEL,
    )
  }
  const names = new Set(settings.router.aliases.keys())
  for (const { modelName } of settings.deployments) if (!isWildcard(modelName)) names.add(modelName)
  for (const name of catalogue) names.add(name)
  return new NotFoundError(
    `the model '${shown}' does not exist${adviceFor(route.name, names)}`,
    MODEL,
  )
}

/** Whether the configuration has this very name: then it is not the caller's that is wrong. */
function isNamed({ deployment }: Target): boolean {
  return deployment !== undefined && !isWildcard(deployment.modelName)
}

async function namesOf(
  upstream: Upstream | undefined,
  place: Place,
  signal: CancelSignal,
): Promise<readonly string[]> {
  try {
    return ((await upstream?.listModels(place, signal)) ?? []).map(({ id }) => id)
  } catch {
    // The advice is a courtesy: without a catalogue it is left out.
    return []
  }
}

/** For the end of a message; empty when no name is near. */
export function adviceFor(name: string, known: Iterable<string>): string {
  const near = nearestNames(name, known)
  return near.length === 0 ? '' : `; did you mean ${near.join(', ')}?`
}
