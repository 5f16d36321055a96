import type { Answer, Content, ReasoningContent } from '../../core/conversation.ts'
import type { EncodeContext } from '../../core/dialect.ts'
import type { JsonObject } from '../../core/json.ts'
import { encodeCall } from './encode-messages.ts'
import { chatFromFinish } from './finish.ts'
import { wantsFunctionCall } from './legacy-functions.ts'
import { opaqueFromBlocks } from './sealed-reasoning.ts'
import { chatUsage } from './usage.ts'

export function encodeAnswer(answer: Answer, context: EncodeContext): JsonObject {
  const legacy = wantsFunctionCall(context.request)
  const message = encodeMessage(answer.content, legacy)
  const finish = chatFromFinish(answer.finish)
  const { usage } = answer
  return {
    id: `chatcmpl-${context.requestId}`,
    object: 'chat.completion',
    created: answer.created || Math.floor(context.nowMs / 1000),
    model: context.model,
    choices: [
      {
        index: 0,
        message,
        logprobs: answer.logprobs ?? null,
        finish_reason: legacy && finish === 'tool_calls' ? 'function_call' : finish,
      },
    ],
    ...(usage === undefined ? {} : { usage: chatUsage(usage) }),
    ...(usage?.nanoCredits === undefined
      ? {}
      : { copilot_usage: { total_nano_aiu: usage.nanoCredits } }),
  }
}

function encodeMessage(content: readonly Content[], legacy: boolean): JsonObject {
  const texts: string[] = []
  const refusals: string[] = []
  const thoughts: ReasoningContent[] = []
  const calls: JsonObject[] = []
  const annotations: JsonObject[string][] = []
  for (const entry of content) {
    if (entry.type === 'text') {
      texts.push(entry.text)
      if (entry.annotations) annotations.push(...entry.annotations)
    } else if (entry.type === 'refusal') refusals.push(entry.text)
    else if (entry.type === 'reasoning') thoughts.push(entry)
    else if (entry.type === 'tool-call') calls.push(encodeCall(entry))
  }
  const thought = thoughts
    .map((entry) => entry.text)
    .filter((text) => text !== '')
    .join('\n\n')
  const opaque = opaqueFromBlocks(thoughts)
  const [call] = calls
  return {
    role: 'assistant',
    content: texts.length === 0 ? null : texts.join(''),
    refusal: refusals.length === 0 ? null : refusals.join(''),
    ...(thought === '' ? {} : { reasoning_text: thought }),
    ...(opaque === undefined ? {} : { reasoning_opaque: opaque }),
    ...(annotations.length === 0 ? {} : { annotations: annotations as never }),
    ...(call === undefined
      ? {}
      : legacy
        ? { function_call: call['function'] }
        : { tool_calls: calls }),
  }
}
