import type { Answer, Content, Conversation } from '../../core/conversation.ts'
import type { EncodeContext } from '../../core/dialect.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import { callItem, messageItem, reasoningItem, textPart } from './encode-item.ts'
import { encodeFinish } from './finish.ts'
import { createIdMaker, type IdMaker } from './item-ids.ts'
import { createResponseFrame } from './response-frame.ts'
import { createToolForms } from './tool-kinds.ts'
import { encodeUsage } from './usage.ts'

export function encodeAnswer(answer: Answer, context: EncodeContext): JsonObject {
  const ids = createIdMaker(context.requestId, context.nowMs)
  const frame = createResponseFrame(context, ids.response, answer.created)
  const finish = encodeFinish(answer.finish)
  return frame({
    completed_at: finish['status'] === 'completed' ? Math.floor(context.nowMs / 1000) : null,
    ...finish,
    output: encodeOutput(answer, context, ids),
    usage: encodeUsage(answer.usage),
  })
}

function encodeOutput(answer: Answer, context: EncodeContext, ids: IdMaker): JsonObject[] {
  const forms = createToolForms(context.conversation, context.request)
  const seals = wantsSeals(context.conversation)
  const output: JsonObject[] = []
  const id = (type: JsonValue | undefined): string => ids.item(type, output.length)
  const add = (content: Content): void => {
    switch (content.type) {
      case 'text':
        if (content.text === '') return
        output.push(
          messageItem(id('message'), 'completed', [
            textPart(content.text, content.annotations, answer.logprobs),
          ]),
        )
        return
      case 'refusal':
        output.push(
          messageItem(id('message'), 'completed', [{ type: 'refusal', refusal: content.text }]),
        )
        return
      case 'reasoning':
        if (content.text === '' && !(seals && content.sealed)) return
        output.push(reasoningItem(id('reasoning'), content.text, content.sealed, seals))
        return
      case 'tool-call': {
        const form = forms(content, content.input.kind)
        output.push(callItem(id(form.type), form, content.id, content.input, 'completed'))
        if (content.sealed && seals) {
          output.push(reasoningItem(id('reasoning'), '', content.sealed, seals))
        }
        return
      }
      case 'opaque':
        if (content.origin === 'responses') {
          output.push({ ...content.value, id: id(content.value['type']) })
        }
        return
      default:
      // No model on these wires answers with pictures, files or sound.
    }
  }
  answer.content.forEach(add)
  return output
}

/** Sealed reasoning goes only to who asked for it, as at OpenAI. A request that is not known was not decoded here. */
export function wantsSeals(conversation: Conversation | undefined): boolean {
  return conversation === undefined || conversation.reasoning?.includeSealed === true
}
