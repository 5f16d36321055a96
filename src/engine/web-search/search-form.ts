import type { Opaque } from '../../core/conversation.ts'
import type { JsonValue } from '../../core/json.ts'
import type { Citation, Search } from './citations.ts'

/** How one dialect shows a search and what it found. One for each answer: it remembers. */
export interface SearchForm {
  /** A piece of the text that is open. */
  said(text: string): void
  /** The blocks of a search, in place of the item of the responses wire. */
  searched(search: Search): readonly Opaque[]
  /** What stands in place of the annotations of the text that ends here. */
  cited(citations: readonly Citation[]): readonly JsonValue[]
  /** What stands at the end, when all is known that the answer refers to. */
  found(): readonly Opaque[]
}
