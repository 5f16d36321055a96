import type { ListedModel } from './engine.ts'
import { asString } from './json.ts'

/** Seconds since 1970 of the model's own version (`gpt-4o-2024-11-20`); 0 where the catalogue tells no date. */
export function releasedAt({ model }: Pick<ListedModel, 'model'>): number {
  const version = asString(model?.raw['version']) ?? model?.id ?? ''
  const date = /(20\d\d)-?(0[1-9]|1[0-2])-?([0-2]\d|3[01])/.exec(version)
  if (!date) return 0
  const [, year, month, day] = date
  return Date.UTC(Number(year), Number(month) - 1, Number(day)) / 1000
}
