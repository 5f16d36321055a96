import { expect } from 'vitest'
import { asObject, asString, type JsonObject } from '../../../core/json.ts'
import type { Part } from '../../../core/parts.ts'
import { options } from '../../messages/__fixtures__/run-stream.ts'
import { responsesWire } from '../index.ts'

export function decode(chunks: readonly Uint8Array[], using = options): Part[] {
  const parts: Part[] = []
  const decoder = responsesWire.createStreamDecoder((part) => parts.push(part), using)
  for (const chunk of chunks) decoder.push(chunk)
  decoder.end()
  return parts
}

export function relay(chunks: readonly Uint8Array[], using = options): string {
  const filter = responsesWire.createRelayFilter(using)
  const out = chunks.map((chunk) => Buffer.from(filter.push(chunk)))
  return Buffer.concat([...out, filter.end()]).toString()
}

/** What a client that follows the documentation comes to: by item id, from deltas and from closing events alike. */
export function follow(stream: readonly JsonObject[]): {
  added: Map<string, string>
  done: Map<string, string>
  ids: string[]
} {
  const added = new Map<string, string>()
  const done = new Map<string, string>()
  const ids: string[] = []
  for (const event of stream) {
    const type = asString(event['type']) ?? ''
    const item = asObject(event['item'])
    const id = asString(event['item_id']) ?? asString(item?.['id'])
    if (type === 'response.output_item.added' && id !== undefined) {
      ids.push(id)
      added.set(id, '')
      continue
    }
    if (id === undefined) continue
    expect(added.has(id)).toBe(true)
    if (/(output_text|arguments|custom_tool_call_input)\.delta$/.test(type)) {
      added.set(id, `${added.get(id) ?? ''}${asString(event['delta']) ?? ''}`)
    }
    const whole = event['text'] ?? event['arguments'] ?? event['input']
    if (type.endsWith('.done') && typeof whole === 'string' && !type.includes('reasoning'))
      done.set(id, whole)
  }
  const closing = asObject(stream.at(-1)?.['response'])
  for (const [index, item] of ((closing?.['output'] ?? []) as JsonObject[]).entries()) {
    expect(item['id']).toBe(ids[index])
  }
  return { added, done, ids }
}
