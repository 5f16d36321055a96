import { need } from './check.ts'
import { jsonOf } from './server.ts'
import type { Reply } from './server.ts'
import { either, filled, needShape, nothing, object, text } from './shape.ts'

/** `{"error":{"message","type","param","code"}}`: https://platform.openai.com/docs/guides/error-codes */
export function needOpenAiError(reply: Reply, status: number): void {
  need(reply.status === status, `status ${reply.status}, not ${status}`)
  const error = object({
    message: filled,
    type: filled,
    'param?': either(text, nothing),
    'code?': either(text, nothing),
  })
  needShape(jsonOf(reply), object({ error }))
}
