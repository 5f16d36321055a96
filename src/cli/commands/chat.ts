import type { ChatMessage } from '../../sdk/types/chat.ts'
import type { CommandContext, CommandInput } from '../command.ts'
import { UsageError } from '../exit-codes.ts'
import { withClient } from '../with-client.ts'

/** More than any model's context: a pipe that never ends is stopped here. */
const MAX_PIPE_BYTES = 16 * 1024 * 1024

export async function run(context: CommandContext, input: CommandInput): Promise<void> {
  const messages = await readMessages(context, input)
  const model = input.options.get('model')
  const request = {
    messages,
    signal: context.signal,
    ...(typeof model === 'string' ? { model } : {}),
  }
  const { terminal } = context
  await withClient(context, async (client) => {
    if (input.options.has('json')) {
      const answer = await client.completion({ ...request, stream: false })
      await terminal.print(`${JSON.stringify(answer)}\n`)
      return
    }
    let last = '\n'
    for await (const chunk of await client.completion({ ...request, stream: true })) {
      const text = chunk.choices[0]?.delta.content ?? chunk.choices[0]?.delta.refusal ?? ''
      if (text === '') continue
      await terminal.print(text)
      last = text
    }
    if (!last.endsWith('\n')) await terminal.print('\n')
  })
}

async function readMessages(context: CommandContext, input: CommandInput): Promise<ChatMessage[]> {
  const asked = input.arguments.join(' ').trim()
  const piped = context.stdin.isTTY === true ? '' : await readPipe(context)
  const prompt = [asked, piped.trim()].filter((part) => part !== '').join('\n\n')
  if (prompt === '') {
    throw new UsageError(
      'there is nothing to ask: give a prompt, as in `jetway chat "Hello"`, or a pipe',
    )
  }
  const system = input.options.get('system')
  const instructions: ChatMessage[] =
    typeof system === 'string' ? [{ role: 'system', content: system }] : []
  return [...instructions, { role: 'user', content: prompt }]
}

async function readPipe({ stdin, signal }: CommandContext): Promise<string> {
  const pieces: Buffer[] = []
  let length = 0
  const stop = (): void => {
    ;(stdin as NodeJS.ReadableStream & { destroy?: () => void }).destroy?.()
  }
  signal.addEventListener('abort', stop, { once: true })
  try {
    for await (const piece of stdin) {
      const bytes = typeof piece === 'string' ? Buffer.from(piece) : piece
      length += bytes.length
      if (length > MAX_PIPE_BYTES) {
        throw new UsageError(`the pipe holds more than ${MAX_PIPE_BYTES} bytes; that is no prompt`)
      }
      pieces.push(bytes)
    }
  } finally {
    signal.removeEventListener('abort', stop)
  }
  return Buffer.concat(pieces, length).toString('utf8')
}
