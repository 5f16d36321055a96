import { BadRequestError } from '../core/errors.ts'
import type {
  ChatAnswerMessage,
  ChatChoice,
  ChatChunkChoice,
  ChatCompletion,
  ChatCompletionChunk,
  ChatLogprobs,
  ChatToolCallDelta,
} from './types/chat.ts'

/**
 * Puts the chunks of a chat stream together to the answer they are pieces of, as LiteLLM's `stream_chunk_builder`.
 *
 * @example
 * const chunks = []
 * for await (const chunk of await completion({ messages, stream: true })) chunks.push(chunk)
 * const answer = streamChunkBuilder(chunks)
 */
export function streamChunkBuilder(chunks: Iterable<ChatCompletionChunk>): ChatCompletion {
  let answer: ChatCompletion | undefined
  const choices = new Map<number, Growing>()
  for (const chunk of chunks) {
    answer ??= {
      id: chunk.id,
      object: 'chat.completion',
      created: chunk.created,
      model: chunk.model,
      choices: [],
    }
    if (chunk.usage) answer.usage = chunk.usage
    if (chunk.system_fingerprint) answer.system_fingerprint = chunk.system_fingerprint
    if (chunk.service_tier) answer.service_tier = chunk.service_tier
    for (const choice of chunk.choices) grow(choices, choice)
  }
  if (!answer) throw new BadRequestError('there are no chunks to build an answer from')
  answer.choices = [...choices.values()].sort((a, b) => a.index - b.index).map(finish)
  return answer
}

/** Text in pieces, joined once at the end. */
interface Growing {
  readonly index: number
  readonly content: string[]
  readonly refusal: string[]
  readonly reasoning: string[]
  readonly opaque: string[]
  readonly tools: Map<number, GrowingTool>
  finish: ChatChoice['finish_reason'] | undefined
  logprobs: ChatLogprobs | null
}

interface GrowingTool {
  id: string
  name: string
  readonly input: string[]
}

function grow(choices: Map<number, Growing>, { index, delta, ...choice }: ChatChunkChoice): void {
  let growing = choices.get(index)
  if (!growing) {
    growing = {
      index,
      content: [],
      refusal: [],
      reasoning: [],
      opaque: [],
      tools: new Map(),
      finish: undefined,
      logprobs: null,
    }
    choices.set(index, growing)
  }
  if (delta.content) growing.content.push(delta.content)
  if (delta.refusal) growing.refusal.push(delta.refusal)
  if (delta.reasoning_text) growing.reasoning.push(delta.reasoning_text)
  if (delta.reasoning_opaque) growing.opaque.push(delta.reasoning_opaque)
  for (const call of delta.tool_calls ?? []) growTool(growing.tools, call)
  if (choice.finish_reason) growing.finish = choice.finish_reason
  if (choice.logprobs) growing.logprobs = addLogprobs(growing.logprobs, choice.logprobs)
}

function growTool(tools: Map<number, GrowingTool>, call: ChatToolCallDelta): void {
  let tool = tools.get(call.index)
  if (!tool) {
    tool = { id: '', name: '', input: [] }
    tools.set(call.index, tool)
  }
  if (call.id) tool.id = call.id
  if (call.function?.name) tool.name ||= call.function.name
  if (call.function?.arguments) tool.input.push(call.function.arguments)
}

function addLogprobs(before: ChatLogprobs | null, more: ChatLogprobs): ChatLogprobs {
  const join = <T>(a: T[] | null | undefined, b: T[] | null | undefined): T[] | null =>
    a || b ? [...(a ?? []), ...(b ?? [])] : null
  return {
    content: join(before?.content, more.content),
    refusal: join(before?.refusal, more.refusal),
  }
}

function finish(growing: Growing): ChatChoice {
  const message: ChatAnswerMessage = {
    role: 'assistant',
    content: growing.content.length > 0 ? growing.content.join('') : null,
    refusal: growing.refusal.length > 0 ? growing.refusal.join('') : null,
  }
  const tools = [...growing.tools].sort(([a], [b]) => a - b).map(([, tool]) => tool)
  if (tools.length > 0) {
    message.tool_calls = tools.map(({ id, name, input }) => ({
      id,
      type: 'function',
      function: { name, arguments: input.join('') },
    }))
  }
  if (growing.reasoning.length > 0) message.reasoning_text = growing.reasoning.join('')
  if (growing.opaque.length > 0) message.reasoning_opaque = growing.opaque.join('')
  return {
    index: growing.index,
    message,
    // A stream that was cut has no reason; what is there is then as if the length had run out.
    finish_reason: growing.finish ?? 'length',
    logprobs: growing.logprobs,
  }
}
