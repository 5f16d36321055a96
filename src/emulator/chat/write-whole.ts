import type { Answer, AnsweredCall } from '../answers/answer.ts'
import { chatUsage } from './chat-usage.ts'
import {
  PROMPT_FILTER,
  SAFE_RESULTS,
  answerId,
  answeringModel,
  callId,
  finishReason,
  paddingFor,
} from './chat-answer.ts'
import type { ChatAnswer } from './chat-answer.ts'
import { hexStream } from '../seal.ts'
import { logprobsOf } from './logprobs.ts'

/** A whole chat answer, with its model's oddities. */
export function wholeChat(chat: ChatAnswer): unknown {
  const { quirks } = chat
  if (quirks.anthropicBody) return anthropicShaped(chat)
  const azure = chat.model.traits.manner === 'azure'
  return {
    choices: chat.answers.flatMap((answer, index) => choicesOf(chat, answer, index)),
    ...(quirks.missingCreated === 'no' && { created: chat.created }),
    id: answerId(chat),
    model: answeringModel(chat.model),
    ...(!quirks.missingObject && { object: 'chat.completion' }),
    ...(azure && { system_fingerprint: fingerprint(chat) }),
    ...(quirks.usageAt !== 'never' && { usage: chatUsage(chat.usage) }),
    ...(azure && { prompt_filter_results: PROMPT_FILTER }),
    ...(quirks.copilotUsage && { copilot_usage: chat.copilotUsage }),
  }
}

export function fingerprint(chat: ChatAnswer): string {
  return `fp_${hexStream(chat.model.entry.id, 10)}`
}

/** One answer may come as several choices that belong together. */
function choicesOf(chat: ChatAnswer, answer: Answer, index: number): unknown[] {
  const { splitChoices } = chat.quirks
  if (splitChoices === 'no' || answer.calls.length === 0) {
    return [choiceOf(chat, answer, index, true, answer.calls, 0)]
  }
  const groups = splitChoices === 'each' ? answer.calls.map((call) => [call]) : [answer.calls]
  const spoken = answer.text === '' ? [] : [choiceOf(chat, answer, index, true, [], 0)]
  let first = 0
  const called = groups.map((group) => {
    const choice = choiceOf(chat, answer, index, spoken.length === 0 && first === 0, group, first)
    first += group.length
    return choice
  })
  return [...spoken, ...called]
}

function choiceOf(
  chat: ChatAnswer,
  answer: Answer,
  index: number,
  withText: boolean,
  calls: readonly AnsweredCall[],
  firstCall: number,
): unknown {
  const azure = chat.model.traits.manner === 'azure'
  const refused = answer.finish === 'refusal'
  // With tool calls there is no `content` key at all, unless something was said as well.
  const content = withText && (answer.text !== '' || calls.length === 0)
  return {
    finish_reason: finishReason(answer),
    index,
    ...(azure && { content_filter_results: calls.length > 0 ? {} : SAFE_RESULTS }),
    message: {
      role: 'assistant',
      ...(content && { content: refused ? null : answer.text }),
      ...(refused && withText && { refusal: answer.text }),
      ...(answer.thinking !== '' &&
        withText && {
          reasoning_text: answer.thinking,
          reasoning_opaque: chat.opaque(answer),
        }),
      ...(chat.quirks.padding && { padding: paddingFor(chat) }),
      ...(calls.length > 0 && {
        tool_calls: calls.map((call, at) => toolCall(chat, index, firstCall + at, call)),
      }),
    },
    ...(chat.logprobs !== undefined && { logprobs: logprobsOf(answer.text, chat.logprobs) }),
  }
}

function toolCall(chat: ChatAnswer, choice: number, index: number, call: AnsweredCall): unknown {
  const id = callId(chat, choice, index)
  return call.kind === 'custom'
    ? { id, type: 'custom', custom: { name: call.name, input: call.input } }
    : { id, type: 'function', function: { name: call.name, arguments: call.input } }
}

/** Some Claude backends answer a chat call in Anthropic's own form. */
function anthropicShaped(chat: ChatAnswer): unknown {
  const answer = chat.answers[0]
  const stop = { tool: 'tool_use', length: 'max_tokens', stop: 'end_turn' } as const
  const finish = answer?.finish ?? 'stop'
  return {
    id: `msg_vrtx_${hexStream(chat.name, 24)}`,
    type: 'message',
    role: 'assistant',
    model: chat.model.traits.answersAs,
    content: [
      ...(answer && answer.text !== '' ? [{ type: 'text', text: answer.text }] : []),
      ...(answer?.calls ?? []).map((call, index) => ({
        type: 'tool_use',
        id: callId(chat, 0, index),
        name: call.name,
        input: JSON.parse(call.input) as unknown,
      })),
    ],
    stop_reason: finish in stop ? stop[finish as keyof typeof stop] : 'end_turn',
    stop_sequence: answer?.stopSequence ?? null,
    usage: {
      input_tokens: chat.usage.input - chat.usage.cacheRead - chat.usage.cacheWrite,
      cache_read_input_tokens: chat.usage.cacheRead,
      cache_creation_input_tokens: chat.usage.cacheWrite,
      output_tokens: chat.usage.output,
    },
    ...(chat.quirks.copilotUsage && { copilot_usage: chat.copilotUsage }),
  }
}
