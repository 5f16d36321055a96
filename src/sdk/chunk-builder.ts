import { BadRequestError } from '../core/errors.ts'
import type {
  ChatAnnotation,
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
  readonly annotations: ChatAnnotation[]
  readonly tools: Map<number, GrowingTool>
  legacy: GrowingTool | undefined
  finish: ChatChoice['finish_reason'] | undefined
  logprobs: ChatLogprobs | null
}

interface GrowingTool {
  id: string
  kind: 'function' | 'custom'
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
      annotations: [],
      tools: new Map(),
      legacy: undefined,
      finish: undefined,
      logprobs: null,
    }
    choices.set(index, growing)
  }
  if (delta.content) growing.content.push(delta.content)
  if (delta.refusal) growing.refusal.push(delta.refusal)
  if (delta.reasoning_text) growing.reasoning.push(delta.reasoning_text)
  if (delta.reasoning_opaque) growing.opaque.push(delta.reasoning_opaque)
  if (delta.annotations) growing.annotations.push(...delta.annotations)
  for (const call of delta.tool_calls ?? []) growTool(growing.tools, call)
  if (delta.function_call) {
    growing.legacy ??= { id: '', kind: 'function', name: '', input: [] }
    growing.legacy.name ||= delta.function_call.name ?? ''
    growing.legacy.input.push(delta.function_call.arguments ?? '')
  }
  if (choice.finish_reason) growing.finish = choice.finish_reason
  if (choice.logprobs) growing.logprobs = addLogprobs(growing.logprobs, choice.logprobs)
}

/** OpenAI's own type of a chunk does not know it, though its models stream it. */
interface CustomDelta extends ChatToolCallDelta {
  readonly custom?: { readonly name?: string; readonly input?: string }
}

function growTool(tools: Map<number, GrowingTool>, call: CustomDelta): void {
  let tool = tools.get(call.index)
  if (!tool) {
    tool = { id: '', kind: 'function', name: '', input: [] }
    tools.set(call.index, tool)
  }
  if (call.id) tool.id = call.id
  if (call.function?.name) tool.name ||= call.function.name
  if (call.function?.arguments) tool.input.push(call.function.arguments)
  if (!call.custom) return
  tool.kind = 'custom'
  if (call.custom.name) tool.name ||= call.custom.name
  if (call.custom.input) tool.input.push(call.custom.input)
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
    message.tool_calls = tools.map(({ id, kind, name, input }) =>
      kind === 'custom'
        ? { id, type: 'custom', custom: { name, input: input.join('') } }
        : { id, type: 'function', function: { name, arguments: input.join('') } },
    )
  }
  if (growing.legacy) {
    const { name, input } = growing.legacy
    message.function_call = { name, arguments: input.join('') }
  }
  if (growing.annotations.length > 0) message.annotations = growing.annotations
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
