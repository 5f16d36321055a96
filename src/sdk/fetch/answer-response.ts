import type { EncodedError } from '../../core/dialect.ts'
import type { AnswerHead } from '../answer-sink.ts'

/** The engine's answer as a web response: bytes are read as fast as the reader takes them, and no faster. */
export function answerResponse(head: AnswerHead, abort: (reason: Error) => void): Response {
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const bytes = await head.body.read()
        if (bytes === undefined) controller.close()
        else controller.enqueue(bytes)
      },
      cancel() {
        abort(new DOMException('the reader left the answer', 'AbortError'))
      },
    },
    { highWaterMark: 0 },
  )
  return new Response(body, { status: head.status, headers: head.headers })
}

export function errorResponse(
  { status, body, headers }: EncodedError,
  more: Readonly<Record<string, string>>,
): Response {
  return Response.json(body, { status, headers: { ...more, ...headers } })
}
