import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Answer, Content, Conversation } from '../../core/conversation.ts'
import type { Dialect, EncodeContext, RequestPath } from '../../core/dialect.ts'
import { JetwayError } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import type { Part } from '../../core/parts.ts'
import { dialects } from '../index.ts'

export interface EchoHouse {
  readonly origin: string
  /** What the last call came to in the hub. */
  readonly asked: Conversation[]
  close(): Promise<void>
}

const usage = {
  inputTokens: 12,
  cachedInputTokens: 4,
  cacheWriteTokens: 0,
  outputTokens: 7,
  reasoningTokens: 3,
}

/** Serves dialects of the registry on a socket, with answers made from the question: `call <tool>` calls, `fail` breaks off. */
export async function openEchoHouse(
  route: (url: URL) => { readonly id: string; readonly path?: RequestPath } | undefined,
): Promise<EchoHouse> {
  const asked: Conversation[] = []
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost')
    const found = route(url)
    const dialect = dialects.get(found?.id ?? '')
    const path = found?.path ?? { params: {}, query: new Map(url.searchParams) }
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      if (dialect === undefined) {
        response.writeHead(404).end()
        return
      }
      try {
        const body = JSON.parse(Buffer.concat(chunks).toString()) as JsonObject
        const { type, pieces } = answerTo(dialect, body, path, asked)
        response.writeHead(200, { 'content-type': type })
        for (const piece of pieces) response.write(piece)
        response.end()
      } catch (error) {
        if (!(error instanceof JetwayError)) throw error
        const { status, body } = dialect.encodeError(error, 'r')
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
      }
    })
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  return {
    origin: `http://127.0.0.1:${port}`,
    asked,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve()
        })
        server.closeAllConnections()
      }),
  }
}

function answerTo(
  dialect: Dialect,
  body: JsonObject,
  path: RequestPath,
  asked: Conversation[],
): { readonly type: string; readonly pieces: readonly string[] } {
  const facts = dialect.readFacts(body, path)
  const context: EncodeContext = {
    requestId: 'request-1',
    model: facts.model,
    request: body,
    nowMs: 1_790_000_000_000,
    elapsedMs: () => 5,
  }
  const whole = (value: JsonObject) => ({
    type: 'application/json',
    pieces: [JSON.stringify(value)],
  })
  if (dialect.operation === 'embed') {
    const { inputs, model } = dialect.decodeRequest(body, path)
    const vectors = inputs.map((input) => [input.length, 0.5])
    return whole(dialect.encodeAnswer({ model, vectors, usage }, context))
  }
  const conversation = dialect.decodeRequest(body, path)
  asked.push(conversation)
  if (dialect.operation === 'count-tokens') return whole(dialect.encodeAnswer(42, context))
  const question = lastText(conversation)
  if (question === 'refuse') throw new JetwayError('No.', { status: 429, retry_after: 2 })
  const full = { ...context, conversation }
  if (!facts.stream) return whole(dialect.encodeAnswer(answerOf(question), full))
  const encoder = dialect.createStreamEncoder(full)
  const keepAlive = dialect.keepAlive ?? ''
  return {
    type: dialect.streamContentType,
    pieces: [keepAlive, ...partsOf(question).map((part) => encoder.push(part))],
  }
}

function lastText(conversation: Conversation): string {
  const content = conversation.turns.at(-1)?.content ?? []
  const texts = content.flatMap((entry): readonly Content[] =>
    entry.type === 'tool-result' ? entry.content : [entry],
  )
  return texts.map((entry) => (entry.type === 'text' ? entry.text : '')).join('')
}

function answerOf(question: string): Answer {
  const tool = /^call (\w+)/.exec(question)?.[1]
  const content: Content[] = [
    { type: 'reasoning', text: 'hm', summary: false },
    { type: 'text', text: `You said: ${question}` },
    ...(tool === undefined
      ? []
      : [
          {
            type: 'tool-call' as const,
            id: 'call_1',
            name: tool,
            input: { kind: 'json' as const, text: '{"x":1}' },
          },
        ]),
  ]
  return {
    id: 'a',
    model: 'm',
    created: 1_790_000_000,
    content,
    finish: tool === undefined ? 'stop' : 'tool',
    usage,
  }
}

function partsOf(question: string): readonly Part[] {
  const tool = /^call (\w+)/.exec(question)?.[1]
  const said: Part[] = [
    { type: 'answer-start', id: 'a', model: 'm', created: 1_790_000_000 },
    { type: 'reasoning-start', index: 0, summary: false },
    { type: 'reasoning-delta', index: 0, text: 'hm' },
    { type: 'reasoning-end', index: 0 },
    { type: 'text-start', index: 1 },
    { type: 'text-delta', index: 1, text: 'You said: ' },
    { type: 'text-delta', index: 1, text: question },
  ]
  if (question === 'fail')
    return [...said, { type: 'error', error: new JetwayError('It broke.', { status: 502 }) }]
  const called: Part[] =
    tool === undefined
      ? []
      : [
          { type: 'tool-start', index: 2, id: 'call_1', name: tool, kind: 'json' },
          { type: 'tool-delta', index: 2, text: '{"x"' },
          { type: 'tool-delta', index: 2, text: ':1}' },
          { type: 'tool-end', index: 2 },
        ]
  return [
    ...said,
    { type: 'text-end', index: 1 },
    ...called,
    { type: 'usage', usage },
    { type: 'turn-end', reason: tool === undefined ? 'stop' : 'tool' },
  ]
}
