import type { SearchForm } from './search-form.ts'

/** https://platform.openai.com/docs/api-reference/chat/object: annotations in the same words, one level deeper. */
export function createChatSearch(): SearchForm {
  return {
    said() {},
    searched: () => [],
    cited: (citations) =>
      citations.map(({ url, title, start, end }) => ({
        type: 'url_citation',
        url_citation: { url, title, start_index: start, end_index: end },
      })),
    found: () => [],
  }
}
