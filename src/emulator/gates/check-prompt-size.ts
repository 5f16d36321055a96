import type { CatalogueModel } from '../catalogue/entry.ts'
import { codedError } from '../errors/error-bodies.ts'
import { Refusal } from '../errors/refusal.ts'

export function checkPromptSize(model: CatalogueModel, tokens: number): void {
  const limit = model.entry.capabilities.limits.max_prompt_tokens
  if (limit === undefined || tokens <= limit) return
  const message = `prompt token count of ${tokens} exceeds the limit of ${limit}`
  throw new Refusal('size', codedError(400, 'model_max_prompt_tokens_exceeded', message))
}
