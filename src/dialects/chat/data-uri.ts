import type { DataSource } from '../../core/conversation.ts'

/** `data:image/png;base64,…`; parameters beside the type are dropped. Undefined for any other URL. */
export function parseDataUri(uri: string): DataSource | undefined {
  if (!uri.startsWith('data:')) return undefined
  const comma = uri.indexOf(',')
  if (comma === -1) return undefined
  const [mediaType = '', ...parameters] = uri.slice('data:'.length, comma).split(';')
  const text = uri.slice(comma + 1)
  const type = mediaType === '' ? 'text/plain' : mediaType
  if (parameters.includes('base64')) return { kind: 'data', mediaType: type, data: text }
  return { kind: 'data', mediaType: type, data: Buffer.from(decodeText(text)).toString('base64') }
}

export function dataUri(source: DataSource): string {
  return `data:${source.mediaType};base64,${source.data}`
}

function decodeText(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
