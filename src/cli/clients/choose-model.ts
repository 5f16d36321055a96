import type { ClientTarget } from './client.ts'

/** The person's choice, else the newest the gateway serves of the first family that it serves any of, else `otherwise`. */
export function chooseModel(
  { model, models }: Pick<ClientTarget, 'model' | 'models'>,
  families: readonly RegExp[],
  otherwise: string,
): string {
  return model ?? newestOf(models, families) ?? otherwise
}

export function newestOf(
  models: readonly string[],
  families: readonly RegExp[],
): string | undefined {
  for (const family of families) {
    const [newest] = models.filter((name) => family.test(name)).toSorted(byVersion)
    if (newest !== undefined) return newest
  }
  return undefined
}

/** The newest first; of two spellings or variants of one version the shorter, plainer name. */
function byVersion(one: string, other: string): number {
  const left = numbersOf(one)
  const right = numbersOf(other)
  for (let at = 0; at < Math.max(left.length, right.length); at++) {
    const difference = (right[at] ?? 0) - (left[at] ?? 0)
    if (difference !== 0) return difference
  }
  return one.length - other.length || (one < other ? -1 : 1)
}

/** `claude-sonnet-4.6` is 4, 6. Dates (`-20250929`) are not versions. */
function numbersOf(name: string): readonly number[] {
  return [...name.matchAll(/\d+/g)].map(([digits]) => Number(digits)).filter((n) => n < 1000)
}

/** Claude Code takes what stands before a dot for the whole name, so it is given dashes. */
export function dashed(model: string): string {
  return model.startsWith('claude') ? model.replaceAll('.', '-') : model
}

export const SONNET = /^claude-sonnet-\d[\d.-]*$/
export const OPUS = /^claude-opus-\d[\d.-]*$/
export const HAIKU = /^claude-haiku-\d[\d.-]*$/
export const GPT = /^gpt-\d[\d.]*$/
export const GPT_CODEX = /^gpt-\d[\d.]*-codex$/
export const GPT_4O = /^gpt-4o$/
export const GEMINI = /^gemini-\d[\d.]*-(pro|flash)/
