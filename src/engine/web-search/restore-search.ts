import type { DialectName } from '../../core/call.ts'
import type { Content, Opaque } from '../../core/conversation.ts'
import type { JsonValue } from '../../core/json.ts'
import type { Part } from '../../core/parts.ts'
import type { Restorer } from '../../dialects/healing/index.ts'
import { createChatSearch } from './chat-search.ts'
import { citationsOf, searchOf } from './citations.ts'
import { createGeminiSearch } from './gemini-search.ts'
import { createMessagesSearch } from './messages-search.ts'
import type { SearchForm } from './search-form.ts'

/** Shows what a search on the responses wire found in the client's own form. One for each answer. */
export function createSearchRestorer(dialect: DialectName, requestId: string): Restorer {
  const form = formOf(dialect, requestId)
  // Blocks of ours stand among those of the answer: they are counted above what it can hold.
  let next = 1_000_000
  const numbered = (blocks: readonly Opaque[]): Part[] =>
    blocks.map((value) => ({ type: 'opaque', index: next++, value }))
  const cited = (annotations: readonly JsonValue[] | undefined): readonly JsonValue[] =>
    form.cited(citationsOf(annotations))
  const searched = (block: Opaque): readonly Opaque[] => {
    const search = block.origin === 'responses' ? searchOf(block.value) : undefined
    return search === undefined ? [block] : form.searched(search)
  }

  return {
    part(part) {
      switch (part.type) {
        case 'opaque':
          return numbered(searched(part.value))
        case 'text-delta':
          form.said(part.text)
          return [part]
        case 'text-end':
          return [{ ...part, annotations: cited(part.annotations) }]
        case 'turn-end':
          return [...numbered(form.found()), part]
        default:
          return [part]
      }
    },
    answer(answer) {
      const content = answer.content.flatMap((piece): readonly Content[] => {
        if (piece.type === 'opaque') return searched(piece)
        if (piece.type !== 'text') return [piece]
        form.said(piece.text)
        return [{ ...piece, annotations: cited(piece.annotations) }]
      })
      return { ...answer, content: [...content, ...form.found()] }
    },
  }
}

function formOf(dialect: DialectName, requestId: string): SearchForm {
  if (dialect === 'messages') return createMessagesSearch(requestId)
  return dialect === 'gemini' ? createGeminiSearch() : createChatSearch()
}
