import { asArray, asObject, asString, isJsonObject } from '../../core/json.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import type { Part } from '../../core/parts.ts'
import { ToolNumbering } from './number-tools.ts'
import { blocksFromOpaque } from './sealed-reasoning.ts'

export interface BlockTracker {
  /** The parts of one delta. */
  read(delta: JsonObject, logprobs?: JsonValue): void
  /** Closes whatever is open. */
  endAll(): void
  readonly toolCount: number
}

/** Chat deltas have no blocks; this makes them: which text or thought is open, which tool calls, under which index. */
export function createBlockTracker(onPart: (part: Part) => void): BlockTracker {
  const numbering = new ToolNumbering()
  const tools: { readonly index: number; readonly kind: 'json' | 'text'; open: boolean }[] = []
  const annotations: JsonValue[] = []
  let next = 0
  let open: { readonly kind: 'text' | 'reasoning'; readonly index: number } | undefined

  const end = (): void => {
    if (open?.kind === 'text')
      onPart({
        type: 'text-end',
        index: open.index,
        ...(annotations.length > 0 ? { annotations: annotations.splice(0) } : {}),
      })
    else if (open?.kind === 'reasoning') onPart({ type: 'reasoning-end', index: open.index })
    open = undefined
  }

  const begin = (kind: 'text' | 'reasoning'): number => {
    if (open?.kind === kind) return open.index
    end()
    open = { kind, index: next++ }
    if (kind === 'text') onPart({ type: 'text-start', index: open.index })
    else onPart({ type: 'reasoning-start', index: open.index, summary: false })
    return open.index
  }

  /** The seal closes the thought that is open, or stands for one that was never shown. */
  const seal = (value: string): void => {
    const [first, ...rest] = blocksFromOpaque(value, '')
    if (first === undefined) return
    for (const [at, block] of [first, ...rest].entries()) {
      if (at > 0) end()
      const index = begin('reasoning')
      open = undefined
      onPart({ type: 'reasoning-end', index, sealed: block.sealed })
    }
  }

  const readTool = (piece: JsonObject): void => {
    const place = numbering.place(piece)
    const custom = asObject(piece['custom'])
    const called = custom ?? asObject(piece['function'])
    let tool = tools[place]
    if (tool === undefined) {
      end()
      tool = { index: next++, kind: custom === undefined ? 'json' : 'text', open: true }
      tools[place] = tool
      onPart({
        type: 'tool-start',
        index: tool.index,
        id: asString(piece['id']) || `call_${place}`,
        name: asString(called?.['name']) ?? '',
        kind: tool.kind,
      })
    }
    const text = asString(called?.['arguments']) ?? asString(called?.['input']) ?? ''
    if (text !== '') onPart({ type: 'tool-delta', index: tool.index, text })
  }

  return {
    read(delta, logprobs) {
      const thought =
        asString(delta['reasoning_text']) ??
        asString(delta['reasoning_content']) ??
        asString(delta['reasoning']) ??
        ''
      if (thought !== '')
        onPart({ type: 'reasoning-delta', index: begin('reasoning'), text: thought })
      const opaque = asString(delta['reasoning_opaque'])
      if (opaque) seal(opaque)
      const text = asString(delta['content'])
      if (text || (logprobs !== undefined && logprobs !== null && text !== undefined))
        onPart({
          type: 'text-delta',
          index: begin('text'),
          text: text ?? '',
          ...(logprobs === undefined || logprobs === null ? {} : { logprobs }),
        })
      if (open?.kind === 'text') annotations.push(...asArray(delta['annotations']))
      const refusal = asString(delta['refusal'])
      if (refusal) onPart({ type: 'refusal-delta', text: refusal })
      for (const piece of asArray(delta['tool_calls'])) if (isJsonObject(piece)) readTool(piece)
      const legacy = asObject(delta['function_call'])
      if (legacy !== undefined) readTool({ index: 0, function: legacy })
    },
    endAll() {
      end()
      for (const tool of tools) {
        if (tool.open) onPart({ type: 'tool-end', index: tool.index })
        tool.open = false
      }
    },
    get toolCount() {
      return tools.length
    },
  }
}
