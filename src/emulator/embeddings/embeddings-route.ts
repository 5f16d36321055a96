import { asNumber } from '../../core/json.ts'
import { estimateTokens } from '../accounting/count-tokens.ts'
import { seedOf } from '../answers/prose.ts'
import { admit, refuse } from '../gates/admit.ts'
import { admitModel } from '../gates/admit-model.ts'
import { invalidBody } from '../gates/invalid-body.ts'
import { settle } from '../gates/settle.ts'
import type { Incoming } from '../server/incoming.ts'
import { jsonReply } from '../server/reply.ts'
import type { Reply } from '../server/reply.ts'
import type { Route } from '../server/routes.ts'
import type { World } from '../world.ts'

export const EMBEDDINGS_ROUTE: Route = {
  name: 'embeddings',
  service: 'copilot',
  method: 'POST',
  path: /^\/embeddings$/,
  handle: embeddings,
}

const FULL_DIMENSIONS = 1536

function embeddings(world: World, incoming: Incoming): Reply {
  const seat = admit(world, incoming)
  const admitted = admitModel(world, seat, incoming, incoming.json, '/embeddings', 'agent')
  const { body, model } = admitted
  const { input } = body
  // A bare string or lists of tokens are refused without a reason.
  if (!Array.isArray(input) || input.length === 0) throw refuse('body', 'bad_request')
  const texts = input.map((text) => {
    if (typeof text !== 'string') throw refuse('body', 'bad_request')
    return text
  })
  const most = model.entry.capabilities.limits.max_inputs ?? texts.length
  if (texts.length > most) {
    throw invalidBody(`too many inputs: ${texts.length} exceeds the limit of ${most}`)
  }
  const dimensions = asNumber(body['dimensions']) ?? FULL_DIMENSIONS
  if (!Number.isInteger(dimensions) || dimensions < 1 || dimensions > FULL_DIMENSIONS) {
    throw invalidBody(`dimensions must be an integer between 1 and ${FULL_DIMENSIONS}`)
  }
  const tokens = texts.reduce((sum, text) => sum + estimateTokens(text), 0)
  const usage = { input: tokens, cacheRead: 0, cacheWrite: 0, output: 0, reasoning: 0 }
  const settled = settle(world, admitted, incoming.headers, incoming.record, usage)
  return jsonReply(
    200,
    {
      data: texts.map((text, index) => ({
        object: 'embedding',
        index,
        embedding: vector(text, dimensions),
      })),
      model: model.entry.id,
      usage: { prompt_tokens: tokens, total_tokens: tokens },
    },
    settled.headers,
  )
}

/** A unit vector made of the words of a text, so that texts that share words are near each other. */
export function vector(text: string, dimensions: number): number[] {
  const values = Array.from({ length: dimensions }, () => 0)
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [text]
  for (const word of words) {
    let state = seedOf(word)
    for (let at = 0; at < 8; at++) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
      const place = (state >>> 8) % dimensions
      values[place] = (values[place] ?? 0) + ((state & 0x80) === 0 ? 1 : -1)
    }
  }
  const length = Math.hypot(...values)
  if (length === 0) values[0] = 1
  return values.map((value) => Number((value / (length || 1)).toFixed(8)))
}
