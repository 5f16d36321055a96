import type { FinishReason } from '../../core/conversation.ts'
import { never } from '../../core/parts.ts'

/** https://ai.google.dev/api/generate-content#FinishReason; a call of a function is an ordinary stop there. */
export function geminiFromFinish(reason: FinishReason): string {
  switch (reason) {
    case 'stop':
    case 'tool':
    case 'pause':
      return 'STOP'
    case 'length':
    case 'context':
      return 'MAX_TOKENS'
    case 'filter':
    case 'refusal':
      return 'SAFETY'
    case 'error':
      return 'OTHER'
    default:
      return never(reason)
  }
}
