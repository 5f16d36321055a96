import { countPieces, pieces } from '../accounting/count-tokens.ts'
import type { Answer, AnsweredCall } from '../answers/answer.ts'
import { dataFrame } from '../streams/frame.ts'
import type { Frame } from '../streams/frame.ts'
import {
  PROMPT_FILTER,
  SAFE_RESULTS,
  answerId,
  answeringModel,
  callId,
  finishReason,
} from './chat-answer.ts'
import type { ChatAnswer } from './chat-answer.ts'
import { chatUsage } from './chat-usage.ts'
import { logprobsOf } from './logprobs.ts'
import { fingerprint } from './write-whole.ts'

/** A streamed chat answer, with its model's oddities. */
export function* chatStream(chat: ChatAnswer): Generator<Frame> {
  const { quirks } = chat
  // The same in every chunk, so it is made once.
  const envelope = envelopeOf(chat)
  if (quirks.promptFilterFirst) {
    const empty = { choices: [], created: 0, id: '', model: '', object: '' }
    yield dataFrame({ ...empty, prompt_filter_results: PROMPT_FILTER })
  }
  if (quirks.nullChoices) {
    yield dataFrame({ choices: null, copilot_references: [{ type: 'file', id: 'README.md' }] })
    const confirmation = { type: 'action', title: 'Go on?', message: 'May I?', confirmation: {} }
    yield dataFrame({ choices: null, copilot_confirmation: confirmation })
  }
  const last = chat.answers.length - 1
  for (const [index, answer] of chat.answers.entries()) {
    yield* choiceStream(chat, envelope, answer, index, index === last)
  }
  if (quirks.nullChoices) yield dataFrame({ choices: null, copilot_errors: [] })
  if (quirks.usageAt === 'own') yield dataFrame({ ...envelope, ...spent(chat), choices: [] })
  if (quirks.doneMarker) yield { data: '[DONE]', tokens: 0 }
}

function* choiceStream(
  chat: ChatAnswer,
  envelope: Readonly<Record<string, unknown>>,
  answer: Answer,
  index: number,
  isLast: boolean,
): Generator<Frame> {
  const { quirks } = chat
  const azure = chat.model.traits.manner === 'azure'
  const send = (delta: Record<string, unknown>, tokens: number, more: object = {}): Frame => {
    const role = quirks.repeatRole ? { role: 'assistant' } : {}
    const choice = { index, delta: { ...delta, ...role }, finish_reason: null, ...more }
    return dataFrame({ choices: [choice], ...envelope }, tokens)
  }

  yield send({ role: 'assistant', content: '' }, 0, azure ? { content_filter_results: {} } : {})
  for (const piece of pieces(answer.thinking)) {
    yield send({ content: null, [quirks.reasoningAs]: piece }, 1)
  }
  if (answer.thinking !== '') {
    const opaque = chat.opaque(answer)
    const cuts = quirks.splitOpaque ? [0, opaque.length >> 1, opaque.length] : [0, opaque.length]
    for (const [at, from] of cuts.slice(0, -1).entries()) {
      yield send({ content: null, reasoning_opaque: opaque.slice(from, cuts[at + 1]) }, 0)
    }
  }
  yield* textFrames(chat, answer, send)
  for (const [at, call] of answer.calls.entries()) {
    yield* callFrames(chat, index, at, call, send)
  }
  if (quirks.missingFinish) return
  const usage = isLast && quirks.usageAt === 'finish' ? spent(chat) : {}
  const finish = { index, finish_reason: finishReason(answer), delta: { content: null } }
  yield dataFrame({ choices: [finish], ...envelope, ...usage })
}

type Send = (delta: Record<string, unknown>, tokens: number, more?: object) => Frame

function* textFrames(chat: ChatAnswer, answer: Answer, send: Send): Generator<Frame> {
  const azure = chat.model.traits.manner === 'azure'
  const key = answer.finish === 'refusal' ? 'refusal' : 'content'
  let offset = 0
  for (const piece of pieces(answer.text)) {
    const filter = {
      content_filter_results: SAFE_RESULTS,
      content_filter_offsets: {
        check_offset: offset,
        start_offset: offset,
        end_offset: offset + piece.length,
      },
    }
    offset += piece.length
    const annotations = {
      copilot_annotations: {
        CodeVulnerability: [
          {
            id: 1,
            start_offset: 0,
            end_offset: piece.length,
            details: { type: 'none' },
            citations: {},
          },
        ],
      },
    }
    yield send({ [key]: piece, ...(chat.quirks.annotations && annotations) }, 1, {
      ...(azure && filter),
      ...(chat.logprobs !== undefined && { logprobs: logprobsOf(piece, chat.logprobs) }),
    })
  }
}

function* callFrames(
  chat: ChatAnswer,
  choice: number,
  at: number,
  call: AnsweredCall,
  send: Send,
): Generator<Frame> {
  const index = chat.quirks.toolIndexZero ? 0 : at
  const custom = call.kind === 'custom'
  const open = custom ? { name: call.name, input: '' } : { name: call.name, arguments: '' }
  const head = { index, id: callId(chat, choice, at), type: call.kind, [call.kind]: open }
  yield send({ content: null, tool_calls: [head] }, countPieces(call.name))
  for (const piece of pieces(call.input)) {
    const part = custom ? { input: piece } : { arguments: piece }
    const more = { index, ...(chat.quirks.repeatRole && { type: call.kind }), [call.kind]: part }
    yield send({ content: null, tool_calls: [more] }, 1)
  }
}

function envelopeOf(chat: ChatAnswer): Record<string, unknown> {
  const { quirks } = chat
  return {
    ...(quirks.missingCreated !== 'always' && { created: chat.created }),
    id: answerId(chat),
    model: answeringModel(chat.model),
    ...(!quirks.missingObject && { object: 'chat.completion.chunk' }),
    ...(chat.model.traits.manner === 'azure' && { system_fingerprint: fingerprint(chat) }),
  }
}

function spent(chat: ChatAnswer): Record<string, unknown> {
  return {
    usage: chatUsage(chat.usage),
    ...(chat.quirks.copilotUsage && { copilot_usage: chat.copilotUsage }),
  }
}
