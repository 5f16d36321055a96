import type { Opaque } from '../../core/conversation.ts'
import type { JsonObject } from '../../core/json.ts'
import { SEARCH_ID } from '../../dialects/messages/own-searches.ts'
import type { SearchForm } from './search-form.ts'

/**
 * Anthropic's form: https://docs.claude.com/en/docs/agents-and-tools/tool-use/web-search-tool#response
 *
 * A model that does not list what it found tells it by what it cites, so the result of its last search stands behind the text,
 * where all is known. The encrypted contents that Anthropic gives for the next turn nobody has: they are empty.
 */
export function createMessagesSearch(requestId: string): SearchForm {
  const stem = requestId.replaceAll(/\W/g, '').slice(0, 40)
  const pages: JsonObject[] = []
  const told = new Set<string>()
  let searches = 0
  /** The search whose result is not out yet. */
  let open: string | undefined

  const addPage = (url: string, title: string): void => {
    if (told.has(url)) return
    told.add(url)
    pages.push({ type: 'web_search_result', url, title, encrypted_content: '', page_age: null })
  }
  const close = (): Opaque[] => {
    const id = open
    if (id === undefined) return []
    open = undefined
    const content = pages.splice(0)
    return [opaque({ type: 'web_search_tool_result', tool_use_id: id, content })]
  }

  return {
    said() {},
    searched({ query, sources }) {
      const before = close()
      const id = `${SEARCH_ID}${stem}_${++searches}`
      open = id
      const use = opaque({ type: 'server_tool_use', id, name: 'web_search', input: { query } })
      for (const { url, title } of sources) addPage(url, title)
      return sources.length === 0 ? [...before, use] : [...before, use, ...close()]
    },
    cited: (citations) =>
      citations.map(({ url, title }) => {
        addPage(url, title)
        return {
          type: 'web_search_result_location',
          url,
          title,
          encrypted_index: '',
          cited_text: '',
        }
      }),
    found: close,
  }
}

function opaque(value: JsonObject): Opaque {
  return { type: 'opaque', origin: 'messages', value }
}
