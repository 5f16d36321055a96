import type { FinishReason } from '../../core/conversation.ts'
import { never } from '../../core/parts.ts'

/** `function_call` is the word of the time before tools. */
export function finishFromChat(reason: string | undefined, hasCalls: boolean): FinishReason {
  switch (reason) {
    case 'length':
      return 'length'
    case 'content_filter':
      return 'filter'
    case 'tool_calls':
    case 'function_call':
      return 'tool'
    case 'error':
      return 'error'
    default:
      // Some upstreams say `stop` although they call tools; a client that believes it runs none.
      return hasCalls ? 'tool' : 'stop'
  }
}

export function chatFromFinish(reason: FinishReason): string {
  switch (reason) {
    case 'tool':
      return 'tool_calls'
    case 'length':
    case 'context':
      return 'length'
    case 'filter':
    case 'refusal':
      return 'content_filter'
    case 'stop':
    case 'pause':
    case 'error':
      return 'stop'
    default:
      return never(reason)
  }
}
