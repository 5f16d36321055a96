import { BadRequestError, JetwayError } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import { heal } from '../../dialects/healing/index.ts'
import { chainRestorers } from '../../dialects/healing/restorer.ts'
import { encodeEmbedding } from '../embed/embeddings-wire.ts'
import { createSearchRestorer } from '../web-search/restore-search.ts'
import { searchLosses, withSearch } from '../web-search/search-plan.ts'
import { joined, withEdits } from './draft-body.ts'
import type { DraftBody } from './draft-body.ts'
import type { PlanInput } from './plan-input.ts'

/** Another wire than the client's: decoded to the hub's form and printed anew. */
export function encodedBody(input: PlanInput, stream: boolean): DraftBody {
  const { dialect, model, choice, decoded } = input
  if (dialect.operation === 'embed') {
    const embedding = decoded.embedding()
    return printed(encodeEmbedding(embedding, model), {
      embedding,
      conversation: undefined,
      restore: undefined,
    })
  }
  const asked = decoded.conversation()
  if ((asked.candidates ?? 1) > 1 && choice.wire !== 'chat') {
    throw new BadRequestError(
      `${model.id} answers over ${choice.wire}, which gives one answer: ask once for each`,
      { param: 'n', code: 'unsupported_parameter' },
    )
  }
  const conversation = { ...asked, stream }
  const wire = input.wires.get(choice.wire)
  if (wire === undefined) {
    throw new JetwayError(`no codec for the wire ${choice.wire}`, { code: 'wire_missing' })
  }
  const { search } = input
  const sent = search === undefined ? conversation : withSearch(conversation, search)
  // What the upstream would refuse the whole conversation for is mended and named.
  const healed =
    choice.wire === 'embeddings'
      ? { conversation: sent, degraded: [], restore: undefined }
      : heal(sent, choice.wire, model, input.onlyFunctions)
  const encoded = wire.encodeRequest(healed.conversation, model)
  const whole = { ...encoded.body, model: model.id }
  const body = dialect.operation === 'count-tokens' ? onlyCounted(whole) : whole
  const degraded = joined(healed.degraded, encoded.degraded)
  if (search === undefined) {
    const { restore } = healed
    return printed({ body, degraded }, { conversation, embedding: undefined, restore })
  }
  const shown = createSearchRestorer(dialect.name, input.call.id)
  const restore = chainRestorers([healed.restore, shown])
  const named = joined(searchLosses(search), degraded)
  return printed({ body, degraded: named }, { conversation, embedding: undefined, restore })
}

function printed(
  { body, degraded }: { readonly body: JsonObject; readonly degraded: readonly string[] },
  decoded: Pick<DraftBody, 'conversation' | 'embedding' | 'restore'>,
): DraftBody {
  return {
    body,
    ...decoded,
    rewrites: [],
    degraded,
    print: (edits) => Buffer.from(JSON.stringify(edits.size === 0 ? body : withEdits(body, edits))),
  }
}

/**
 * What https://docs.anthropic.com/en/api/messages-count-tokens takes of a request: the prompt, nothing of how to answer it.
 */
const COUNTED = new Set(['model', 'messages', 'system', 'tools', 'tool_choice', 'thinking'])

function onlyCounted(body: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(body).filter(([field]) => COUNTED.has(field)))
}
