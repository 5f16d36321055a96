import { asString } from '../../core/json.ts'
import { codedError } from '../errors/error-bodies.ts'
import { Refusal } from '../errors/refusal.ts'
import { admit } from '../gates/admit.ts'
import { admitModel } from '../gates/admit-model.ts'
import type { Incoming } from '../server/incoming.ts'
import { jsonReply } from '../server/reply.ts'
import type { Reply } from '../server/reply.ts'
import type { Route } from '../server/routes.ts'
import { eventFrame } from '../streams/frame.ts'
import type { Frame } from '../streams/frame.ts'
import type { World } from '../world.ts'
import { answerResponses } from './answer-responses.ts'
import { inputItems } from './read-responses.ts'
import { responsesStream, wholeResponses } from './write-responses.ts'

export const RESPONSES_ROUTE: Route = {
  name: 'responses',
  service: 'copilot',
  method: 'POST',
  path: /^\/responses$/,
  handle: responses,
  errorFrame: (code, message, as) =>
    as === 'failed'
      ? failedFrame(code, message)
      : eventFrame({ type: 'error', code, message, param: null }),
}

function responses(world: World, incoming: Incoming): Reply {
  const seat = admit(world, incoming)
  const { headers, record, json } = incoming
  const admitted = admitModel(world, seat, incoming, json, '/responses', headers['x-initiator'])
  const { body, model } = admitted
  refusePrevious(asString(body['previous_response_id']))
  const { given, headers: quota } = answerResponses(world, {
    admitted,
    items: inputItems(body),
    headers,
    record,
    // Each HTTP call is a connection of its own, whatever socket it came on.
    connection: record.id,
  })
  if (body['stream'] !== true) return jsonReply(200, wholeResponses(given), quota)
  return {
    kind: 'stream',
    status: 200,
    headers: { 'content-type': 'text/event-stream', ...quota },
    frames: responsesStream(given),
    model: model.entry.id,
  }
}

/** Nothing is kept between HTTP calls. */
export function refusePrevious(id: string | undefined): void {
  if (id === undefined) return
  const message = `Previous response with id '${id.slice(0, 64)}' not found.`
  throw new Refusal('body', codedError(400, 'previous_response_not_found', message))
}

/** The other way a response ends badly: as an event of its own, with the error inside. */
export function failedFrame(code: string, message: string): Frame {
  return eventFrame({
    type: 'response.failed',
    response: { object: 'response', status: 'failed', output: [], error: { code, message } },
  })
}
