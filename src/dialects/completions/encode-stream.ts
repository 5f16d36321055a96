import type { EncodeContext, StreamEncoder } from '../../core/dialect.ts'
import type { JsonObject } from '../../core/json.ts'
import type { Part } from '../../core/parts.ts'
import type { Usage } from '../../core/usage.ts'
import { errorEvent } from '../chat/errors.ts'
import { chatFromFinish } from '../chat/finish.ts'
import { chatUsage } from '../chat/usage.ts'
import { dataEvent } from '../sse/write-event.ts'
import { echoOf } from './encode-answer.ts'
import { completionLogprobs } from './logprobs.ts'

/** Text alone: reasoning, refusals and calls have no place in a completion. */
export function createStreamEncoder(context: EncodeContext): StreamEncoder {
  const includeUsage = context.conversation?.includeUsage ?? false
  let created = Math.floor(context.nowMs / 1000)
  let offset = 0
  let echoed = false
  let over = false
  let usage: Usage | undefined

  const event = (choices: JsonObject[], more: JsonObject = {}): string =>
    dataEvent({
      id: `cmpl-${context.requestId}`,
      object: 'text_completion',
      created,
      model: context.model,
      choices,
      ...more,
    })
  const text = (value: string, logprobs: JsonObject[string], reason: string | null): string => {
    const choice = {
      text: value,
      index: 0,
      logprobs: completionLogprobs(logprobs, offset),
      finish_reason: reason,
    }
    offset += value.length
    return event([choice])
  }
  const echo = (): string => {
    if (echoed) return ''
    echoed = true
    const prompt = echoOf(context)
    return prompt === '' ? '' : text(prompt, undefined, null)
  }

  const push = (part: Part): string => {
    switch (part.type) {
      case 'answer-start':
        if (part.created > 0) created = part.created
        return echo()
      case 'text-delta':
        return echo() + text(part.text, part.logprobs, null)
      case 'usage':
        usage = { ...usage, ...part.usage }
        return ''
      case 'ping':
        return ': ping\n\n'
      case 'turn-end': {
        over = true
        const last =
          usage === undefined || !includeUsage ? '' : event([], { usage: chatUsage(usage) })
        return `${echo()}${text('', undefined, chatFromFinish(part.reason))}${last}data: [DONE]\n\n`
      }
      case 'error':
        over = true
        return errorEvent(part.error)
      default:
        return ''
    }
  }

  return { push: (part) => (over ? '' : push(part)) }
}
