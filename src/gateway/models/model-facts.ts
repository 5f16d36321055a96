import type { ListedModel } from '../../core/engine.ts'
import { NotFoundError } from '../../core/errors.ts'

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
  throw new NotFoundError(
    'no model of this name can be reached here; GET /v1/models lists those that can',
    {
      code: 'model_not_found',
      param: 'model',
    },
  )
}

function isCalled({ name, provider }: ListedModel, wanted: string): boolean {
  const known = spelling(name)
  return known === wanted || `${spelling(provider)}/${known}` === wanted
}

function spelling(name: string): string {
  return dashed(name.toLowerCase())
}
