import { planSearch } from '../web-search/search-plan.ts'
import type { CallState } from './call-state.ts'

/** The model to take in place of the one that was asked, where the call is a web search and the configuration names who searches. */
export function takeSearch(state: CallState): string | undefined {
  const { call, dialect, settings } = state
  if (settings.webSearch === undefined || dialect.operation !== 'generate') return undefined
  const search = planSearch(dialect.name, call.body.json, settings.webSearch.model)
  if (search === undefined) return undefined
  state.replaceBody(search.body, state.facts)
  state.search = search
  state.rewrites = [
    { field: 'model', action: 'set', reason: `web searches are done by ${search.model}` },
    { field: 'tools', action: 'set', reason: 'the web search of the responses wire' },
  ]
  return search.model
}
