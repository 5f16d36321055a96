import type { LanguageModelV3StreamPart, SharedV3Warning } from '@ai-sdk/provider'
import type {
  ChatCompletionChunk,
  ChatDelta,
  ChatToolCallDelta,
  ChatUsage,
} from '../sdk/types/chat.ts'
import { decodeFinish, decodeSources, decodeUsage, opaqueMetadata } from './decode-answer.ts'

/** Chunks of the chat dialect in, parts of the AI SDK's stream out: a block is open from its first piece to the next block's. */
export interface StreamPartDecoder {
  start(warnings: SharedV3Warning[]): LanguageModelV3StreamPart[]
  push(chunk: ChatCompletionChunk): LanguageModelV3StreamPart[]
  end(): LanguageModelV3StreamPart[]
}

interface OpenTool {
  readonly id: string
  readonly toolName: string
  input: string
}

export function createStreamPartDecoder(includeRaw: boolean, jsonTool?: string): StreamPartDecoder {
  const tools = new Map<number, OpenTool>()
  const sources = new Set<string>()
  let block: { readonly type: 'text' | 'reasoning'; readonly id: string } | undefined
  let blocks = 0
  let opaque = ''
  let finish: string | null = null
  let usage: ChatUsage | null | undefined
  let named = false

  const closeBlock = (): LanguageModelV3StreamPart[] => {
    if (!block) return []
    const { type, id } = block
    block = undefined
    if (type === 'text') return [{ type: 'text-end', id }]
    const metadata = opaqueMetadata(opaque)
    opaque = ''
    return [{ type: 'reasoning-end', id, ...metadata }]
  }

  const openBlock = (type: 'text' | 'reasoning'): LanguageModelV3StreamPart[] => {
    if (block?.type === type) return []
    const parts = closeBlock()
    block = { type, id: String(blocks++) }
    return [...parts, { type: `${type}-start`, id: block.id }]
  }

  const piece = (type: 'text' | 'reasoning', delta: string): LanguageModelV3StreamPart[] => {
    const opened = openBlock(type)
    return [...opened, { type: `${type}-delta`, id: block?.id ?? '', delta }]
  }

  const pushTool = (call: ChatToolCallDelta): LanguageModelV3StreamPart[] => {
    const parts: LanguageModelV3StreamPart[] = []
    let tool = tools.get(call.index)
    if (!tool) {
      if (call.function?.name !== jsonTool) parts.push(...closeBlock())
      tool = { id: call.id ?? `call_${call.index}`, toolName: call.function?.name ?? '', input: '' }
      tools.set(call.index, tool)
      if (tool.toolName !== jsonTool) {
        parts.push({ type: 'tool-input-start', id: tool.id, toolName: tool.toolName })
      }
    }
    const delta = call.function?.arguments
    if (delta) {
      tool.input += delta
      if (tool.toolName === jsonTool) parts.push(...piece('text', delta))
      else parts.push({ type: 'tool-input-delta', id: tool.id, delta })
    }
    return parts
  }

  const pushDelta = (delta: ChatDelta): LanguageModelV3StreamPart[] => {
    const parts: LanguageModelV3StreamPart[] = []
    if (delta.reasoning_text) parts.push(...piece('reasoning', delta.reasoning_text))
    if (delta.reasoning_opaque) {
      parts.push(...openBlock('reasoning'))
      opaque += delta.reasoning_opaque
    }
    const text = delta.content || delta.refusal
    // What is said around an object would only spoil it.
    if (text && jsonTool === undefined) parts.push(...piece('text', text))
    for (const call of delta.tool_calls ?? []) parts.push(...pushTool(call))
    for (const source of decodeSources(delta.annotations, sources)) {
      sources.add(source.url)
      parts.push(source)
    }
    return parts
  }

  return {
    start: (warnings) => [{ type: 'stream-start', warnings }],
    push(chunk) {
      const parts: LanguageModelV3StreamPart[] = []
      if (includeRaw) parts.push({ type: 'raw', rawValue: chunk })
      if (!named) {
        named = true
        const timestamp = new Date(chunk.created * 1000)
        parts.push({ type: 'response-metadata', id: chunk.id, modelId: chunk.model, timestamp })
      }
      if (chunk.usage) ({ usage } = chunk)
      const choice = chunk.choices.find(({ index }) => index === 0)
      if (!choice) return parts
      if (choice.finish_reason) finish = choice.finish_reason
      parts.push(...pushDelta(choice.delta))
      return parts
    },
    end() {
      const parts = closeBlock()
      const called = [...tools.values()].filter(({ toolName }) => toolName !== jsonTool)
      for (const { id, toolName, input } of called) {
        parts.push({ type: 'tool-input-end', id })
        parts.push({ type: 'tool-call', toolCallId: id, toolName, input: input || '{}' })
      }
      const finishReason = decodeFinish(finish, called.length === 0)
      parts.push({ type: 'finish', finishReason, usage: decodeUsage(usage) })
      return parts
    },
  }
}
