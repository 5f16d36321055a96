import type { JsonObject } from '../../core/json.ts'
import { asNumber, asObject } from '../../core/json.ts'
import type { Model } from '../../core/model.ts'

export interface Estimate {
  readonly promptTokens: number
  readonly outputTokens: number
  /** 0 where the catalogue names no price. */
  readonly nanoCredits: number
  /** Of these, for the prompt alone. */
  readonly promptNanoCredits: number
}

/** English and code have about four bytes to a token; other scripts have more, which errs on the safe side. */
const BYTES_PER_TOKEN = 4
/** What an answer is taken to hold at most when the caller sets no limit; settled to the true number afterwards. */
const USUAL_OUTPUT_TOKENS = 4096

/** An upper guess of what a call will use, from its real body and the model's price. */
export function estimateCall(
  body: { readonly bytes: Uint8Array; readonly json: JsonObject },
  model: Model,
): Estimate {
  const { limits, prices } = model
  const promptTokens = Math.min(
    Math.ceil(body.bytes.byteLength / BYTES_PER_TOKEN),
    limits.promptTokens ?? Infinity,
  )
  const outputTokens =
    model.kind === 'embeddings'
      ? 0
      : Math.min(allowedOutput(body.json) ?? USUAL_OUTPUT_TOKENS, limits.outputTokens ?? Infinity)
  const long =
    prices?.longContext && promptTokens > (prices.contextTokens ?? Infinity)
      ? prices.longContext
      : prices
  const promptNanoCredits = Math.ceil(promptTokens * (long?.inputNanoCredits ?? 0))
  const outputNanoCredits = Math.ceil(
    outputTokens * answersOf(body.json) * (long?.outputNanoCredits ?? 0),
  )
  const nanoCredits = promptNanoCredits + outputNanoCredits
  return { promptTokens, outputTokens, nanoCredits, promptNanoCredits }
}

/** `n` answers to one prompt; what is no such number is refused later, by name. */
function answersOf(body: JsonObject): number {
  const answers = asNumber(body['n']) ?? 1
  return answers >= 1 && answers <= 128 ? Math.floor(answers) : 1
}

/** The dialects' words for one thing. */
function allowedOutput(body: JsonObject): number | undefined {
  const limit =
    asNumber(body['max_completion_tokens']) ??
    asNumber(body['max_tokens']) ??
    asNumber(body['max_output_tokens']) ??
    asNumber(asObject(body['generationConfig'])?.['maxOutputTokens']) ??
    asNumber(asObject(body['options'])?.['num_predict'])
  return limit !== undefined && limit >= 0 ? limit : undefined
}
