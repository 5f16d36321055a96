import type { ListedModel } from '../../core/engine.ts'
import { NotFoundError } from '../../core/errors.ts'
import { adviceFor, SHOWN } from '../../engine/resolve/not-found.ts'

/** Dots as dashes: the same model either way, and clients compare letter by letter. */
function dashed(name: string): string {
  return name.replaceAll('.', '-')
}

/** The model called `id`, with or without its provider, dotted or dashed. Throws a `NotFoundError`. */
export function findListed(models: readonly ListedModel[], id: string): ListedModel {
  const wanted = spelling(id)
  const found =
    models.find(({ name }) => name === id) ?? models.find((one) => isCalled(one, wanted))
  if (found) return found
  const names = models.map(({ name }) => name)
  const advice = adviceFor(id, names) || '; GET /v1/models lists those that can'
  throw new NotFoundError(`no model called '${id.slice(0, SHOWN)}' can be reached here${advice}`, {
    code: 'model_not_found',
    param: 'model',
  })
}

function isCalled({ name, provider }: ListedModel, wanted: string): boolean {
  const known = spelling(name)
  return known === wanted || `${spelling(provider)}/${known}` === wanted
}

function spelling(name: string): string {
  return dashed(name.toLowerCase())
}
