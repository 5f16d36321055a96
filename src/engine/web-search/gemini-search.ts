import type { JsonObject } from '../../core/json.ts'
import type { Citation } from './citations.ts'
import type { SearchForm } from './search-form.ts'

/**
 * https://ai.google.dev/api/generate-content#GroundingMetadata. Its places are counted in bytes of the whole text, a citation's in
 * characters of its own text, so that the open text is kept until it ends.
 */
export function createGeminiSearch(): SearchForm {
  const queries: string[] = []
  const pages = new Map<string, { readonly at: number; readonly chunk: JsonObject }>()
  const supports: JsonObject[] = []
  let pieces: string[] = []
  let bytesBefore = 0

  const chunkOf = (url: string, title: string): number => {
    let page = pages.get(url)
    if (page === undefined) {
      page = { at: pages.size, chunk: { web: { uri: url, title } } }
      pages.set(url, page)
    }
    return page.at
  }
  const support = (text: string, { url, title, start, end }: Citation): void => {
    const at = chunkOf(url, title)
    if (end <= start || end > text.length) return
    const bytesAt = (place: number): number => bytesBefore + Buffer.byteLength(text.slice(0, place))
    supports.push({
      segment: { startIndex: bytesAt(start), endIndex: bytesAt(end), text: text.slice(start, end) },
      groundingChunkIndices: [at],
    })
  }

  return {
    said(text) {
      pieces.push(text)
    },
    searched({ query }) {
      if (query !== '') queries.push(query)
      return []
    },
    cited(citations) {
      const text = pieces.join('')
      pieces = []
      for (const citation of citations) support(text, citation)
      bytesBefore += Buffer.byteLength(text)
      return []
    },
    found() {
      const groundingMetadata = {
        webSearchQueries: queries,
        groundingChunks: [...pages.values()].map(({ chunk }) => chunk),
        groundingSupports: supports,
      }
      return [{ type: 'opaque', origin: 'gemini', value: { groundingMetadata } }]
    },
  }
}
