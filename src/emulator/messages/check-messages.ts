import { asNumber } from '../../core/json.ts'
import type { JsonObject } from '../../core/json.ts'
import type { CatalogueModel } from '../catalogue/entry.ts'
import { checkImages } from '../gates/check-images.ts'
import { objectsIn } from '../prompts/content.ts'
import type { World } from '../world.ts'
import { betasOf, checkBetas } from './check-betas.ts'
import { checkBlocks } from './check-blocks.ts'
import { checkFields } from './check-fields.ts'
import { checkThinking } from './check-thinking.ts'
import { checkMessagesTools } from './check-tools.ts'
import { imagesInMessages } from './read-messages.ts'
import { invalidMessages } from './refuse-messages.ts'

/** What both the call and `count_tokens` refuse. */
export function checkPromptBody(
  world: World,
  headers: Readonly<Record<string, string>>,
  body: JsonObject,
  model: CatalogueModel,
): void {
  checkBetas(headers)
  checkFields(body, model)
  const withSystem = betasOf(headers).includes('mid-conversation-system-2026-04-07')
  const messages = objectsIn(body['messages'])
  checkBlocks(world, messages, withSystem && model.traits.systemInMessages)
  checkThinking(body, model)
  checkMessagesTools(body)
  checkImages(world, headers, model, imagesInMessages(body))
}

export function checkOutputLimit(body: JsonObject, model: CatalogueModel): void {
  const asked = asNumber(body['max_tokens'])
  if (asked === undefined) throw invalidMessages('max_tokens: Field required')
  if (!Number.isInteger(asked) || asked < 1) {
    throw invalidMessages('max_tokens: Input should be greater than or equal to 1')
  }
  const most = model.entry.capabilities.limits.max_output_tokens
  if (most !== undefined && asked > most) {
    throw invalidMessages(
      `max_tokens: ${asked} > ${most}, which is the maximum allowed number of output tokens for ${model.traits.answersAs}`,
    )
  }
}

/** Anthropic's own words for a prompt that is too long: clients parse both numbers. */
export function checkMessagesSize(model: CatalogueModel, tokens: number): void {
  const limit = model.entry.capabilities.limits.max_context_window_tokens
  if (limit !== undefined && tokens > limit) {
    throw invalidMessages(`prompt is too long: ${tokens} tokens > ${limit} maximum`)
  }
}
