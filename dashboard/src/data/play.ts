import { refusal, send } from './api.ts'
import type { PlayDialect, Question } from './dialects.ts'
import { eventsOf } from './live.ts'

export interface Played {
  readonly requestId: string | null
  readonly degraded: string | null
}

/** Asks and hands over the answer's text as it comes. Rejects with an `ApiError`. */
export async function play(
  dialect: PlayDialect,
  question: Question,
  onText: (text: string) => void,
  signal: AbortSignal,
): Promise<Played> {
  const response = await send(dialect.path(question.model), {
    method: 'POST',
    body: dialect.body(question),
    signal,
  })
  if (!response.ok) throw refusal(await response.text(), response.status)
  const pieces = dialect.lines ? linesOf(response) : dataOf(response)
  for await (const piece of pieces) {
    if (piece === '[DONE]' || piece.trim() === '') continue
    const event = JSON.parse(piece) as Record<string, unknown>
    if (event['error'] !== undefined) throw refusal(piece, 200)
    const added = dialect.textOf(event)
    if (added !== undefined) onText(added)
  }
  return {
    requestId: response.headers.get('x-request-id'),
    degraded: response.headers.get('x-jetway-degraded'),
  }
}

async function* dataOf(response: Response): AsyncGenerator<string> {
  for await (const { data } of eventsOf(response)) yield data
}

async function* linesOf(response: Response): AsyncGenerator<string> {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
  let held = ''
  for (;;) {
    const piece = await reader?.read()
    if (!piece || piece.done) break
    const lines = (held + piece.value).split('\n')
    held = lines.pop() ?? ''
    yield* lines
  }
  if (held !== '') yield held
}
