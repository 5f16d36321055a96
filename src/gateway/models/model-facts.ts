import type { ListedModel } from '../../core/engine.ts'
import { asString } from '../../core/json.ts'
import { NotFoundError } from '../../core/errors.ts'

/** Seconds since 1970 of the model's own version (`gpt-4o-2024-11-20`); 0 where the catalogue tells no date. */
export function createdAt({ model }: ListedModel): number {
  const version = asString(model?.raw['version']) ?? model?.id ?? ''
  const date = /(20\d\d)-?(0[1-9]|1[0-2])-?([0-2]\d|3[01])/.exec(version)
  if (!date) return 0
  const [, year, month, day] = date
  return Date.UTC(Number(year), Number(month) - 1, Number(day)) / 1000
}

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
