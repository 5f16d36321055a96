import type { FinishReason } from '../../core/conversation.ts'
import type { EncodeContext } from '../../core/dialect.ts'
import { isJsonObject, tryParseJson } from '../../core/json.ts'
import type { JsonObject } from '../../core/json.ts'
import type { Usage } from '../../core/usage.ts'

/** What is said at one moment, in the words of both endpoints. */
export interface Said {
  readonly text: string
  readonly thinking?: string | undefined
  readonly calls?: readonly JsonObject[] | undefined
}

/** How an endpoint writes it: `/api/chat` in a message, `/api/generate` beside the rest. */
export type Form = (said: Said) => JsonObject

export const chatForm: Form = ({ text, thinking, calls }) => ({
  message: {
    role: 'assistant',
    content: text,
    ...(thinking ? { thinking } : {}),
    ...(calls && calls.length > 0 ? { tool_calls: [...calls] } : {}),
  },
})

export const generateForm: Form = ({ text, thinking, calls }) => ({
  response: text,
  ...(thinking ? { thinking } : {}),
  ...(calls && calls.length > 0 ? { tool_calls: [...calls] } : {}),
})

export function head(context: EncodeContext): JsonObject {
  return { model: context.model, created_at: new Date(context.nowMs).toISOString() }
}

/** The id is newer Ollama's; older clients do not look at it. */
export function toolCall(
  call: {
    readonly id: string
    readonly name: string
    readonly kind: 'json' | 'text'
    readonly text: string
  },
  index: number,
): JsonObject {
  const parsed =
    call.kind === 'json' ? tryParseJson(call.text === '' ? '{}' : call.text) : undefined
  return {
    id: call.id,
    function: {
      index,
      name: call.name,
      arguments: isJsonObject(parsed) ? parsed : { input: call.text },
    },
  }
}

const NANOSECONDS = 1_000_000

/** The end of an answer. Where the time went is not known apart, so all of it counts as generation. */
export function ending(
  reason: FinishReason,
  usage: Usage | undefined,
  context: EncodeContext,
): JsonObject {
  const elapsed = context.elapsedMs?.()
  const duration = elapsed === undefined ? undefined : Math.round(elapsed * NANOSECONDS)
  return {
    done: true,
    done_reason: reason === 'length' || reason === 'context' ? 'length' : 'stop',
    ...(duration === undefined
      ? {}
      : {
          total_duration: duration,
          load_duration: 0,
          prompt_eval_duration: 0,
          eval_duration: duration,
        }),
    ...(usage === undefined
      ? {}
      : { prompt_eval_count: usage.inputTokens, eval_count: usage.outputTokens }),
  }
}

/** `think: false` asks not to see it. */
export function showsThinking(context: EncodeContext): boolean {
  return context.request['think'] !== false
}
