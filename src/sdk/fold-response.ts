import { BadGatewayError } from '../core/errors.ts'
import type { ResponsesAnswer, ResponsesEvent } from './types/responses.ts'

/** Adds `output_text`, which the wire does not have and every reader wants. */
export function withOutputText(answer: ResponsesAnswer): ResponsesAnswer {
  let text = ''
  for (const item of answer.output ?? []) {
    if (item.type !== 'message') continue
    for (const part of item.content) if (part.type === 'output_text') text += part.text
  }
  answer.output_text = text
  return answer
}

/** The closing event holds the whole answer. */
export function foldResponse(events: readonly ResponsesEvent[]): ResponsesAnswer {
  const last = events.findLast(
    (event) =>
      event.type === 'response.completed' ||
      event.type === 'response.incomplete' ||
      event.type === 'response.failed',
  )
  if (!last || !('response' in last)) {
    throw new BadGatewayError('the stream ended without its closing event')
  }
  return last.response
}
