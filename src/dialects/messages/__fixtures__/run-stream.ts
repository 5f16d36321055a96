import type { StreamOptions } from '../../../core/dialect.ts'
import type { JsonObject } from '../../../core/json.ts'
import type { Part } from '../../../core/parts.ts'
import { messagesWire } from '../index.ts'

export const options: StreamOptions = {
  requestId: 'req-1',
  includeUsage: true,
  nowMs: 1_790_000_000_000,
}

export function decode(chunks: readonly Uint8Array[], using = options): Part[] {
  const parts: Part[] = []
  const decoder = messagesWire.createStreamDecoder((part) => parts.push(part), using)
  for (const chunk of chunks) decoder.push(chunk)
  decoder.end()
  return parts
}

/** Deltas of one block joined, so that streams compare by what they say. */
export function gist(parts: readonly Part[]): unknown[] {
  const joined: Record<string, unknown>[] = []
  for (const part of parts) {
    const last = joined.at(-1)
    if (part.type.endsWith('-delta') && last?.['type'] === part.type && 'text' in part) {
      last['text'] = `${String(last['text'])}${String(part.text)}`
    } else joined.push({ ...part })
  }
  return joined
}

export function events(text: string): JsonObject[] {
  return text
    .split('\n\n')
    .filter((event) => event.includes('data: '))
    .map((event) => JSON.parse(event.slice(event.indexOf('data: ') + 6)) as JsonObject)
}

export const eachCut = (text: string, check: (chunks: Uint8Array[]) => void): void => {
  const bytes = Buffer.from(text)
  for (let at = 0; at <= bytes.length; at++) check([bytes.subarray(0, at), bytes.subarray(at)])
  check([...bytes].map((byte) => Uint8Array.of(byte)))
}
