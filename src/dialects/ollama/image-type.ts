import type { Image } from '../../core/conversation.ts'
import { parseDataUri } from '../chat/data-uri.ts'

/** The first letters of each format's magic number in base64. */
const BY_BEGINNING: readonly (readonly [string, string])[] = [
  ['iVBORw0KGgo', 'image/png'],
  ['/9j/', 'image/jpeg'],
  ['R0lGOD', 'image/gif'],
  ['UklGR', 'image/webp'],
  ['Qk0', 'image/bmp'],
]

/** Ollama's images are base64 alone; what they are is read from their first bytes. */
export function imageFromBase64(data: string): Image {
  const given = parseDataUri(data)
  if (given !== undefined) return { type: 'image', source: given }
  const known = BY_BEGINNING.find(([beginning]) => data.startsWith(beginning))
  return { type: 'image', source: { kind: 'data', mediaType: known?.[1] ?? 'image/png', data } }
}
