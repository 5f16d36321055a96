import { asArray, asNumber, asObject, asString, isJsonObject } from '../../core/json.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'

interface Page {
  readonly url: string
  readonly title: string
}

/** A page that the answer refers to, and where in its text. */
export interface Citation extends Page {
  readonly start: number
  readonly end: number
}

/** A search that the model made. */
export interface Search {
  readonly query: string
  /** What it found, where it tells that. */
  readonly sources: readonly Page[]
}

/** Of the annotations of a text: https://platform.openai.com/docs/guides/tools-web-search#output-and-citations */
export function citationsOf(annotations: readonly JsonValue[] | undefined): Citation[] {
  return (annotations ?? []).flatMap((annotation) => {
    if (!isJsonObject(annotation) || annotation['type'] !== 'url_citation') return []
    const start = asNumber(annotation['start_index']) ?? 0
    const end = asNumber(annotation['end_index']) ?? 0
    return pagesOf(annotation).map(({ url, title }) => ({ url, title, start, end }))
  })
}

/** `undefined` for any other item. */
export function searchOf(item: JsonObject): Search | undefined {
  if (item['type'] !== 'web_search_call') return undefined
  const action = asObject(item['action']) ?? {}
  // A page that is opened, or looked through, is part of the search.
  const [query = ''] = [action['query'], ...asArray(action['queries']), action['url']].flatMap(
    (value) => asString(value) ?? [],
  )
  return { query, sources: asArray(action['sources']).flatMap(pagesOf) }
}

function pagesOf(value: JsonValue): Page[] {
  const url = asString(asObject(value)?.['url'])
  if (url === undefined) return []
  return [{ url, title: asString(asObject(value)?.['title']) || url }]
}
