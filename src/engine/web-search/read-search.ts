import type { DialectName } from '../../core/call.ts'
import { BadRequestError } from '../../core/errors.ts'
import { asObject, asString, isJsonObject } from '../../core/json.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'

/** A request that asks for a search of the web and offers nothing else, as clients make one beside the turn of their agent. */
export interface SearchRequest {
  /** The request without its own words for the search. */
  readonly body: JsonObject
  /** The tool, as the responses wire has it: https://platform.openai.com/docs/guides/tools-web-search */
  readonly tool: JsonObject
  /** Whether a search has to be made. */
  readonly forced: boolean
  /** What of its wishes cannot be said there. */
  readonly lost: readonly string[]
}

/**
 * Claude Code and Gemini CLI search by a request of its own with the search as its only tool; chat has a field for it. Where functions
 * are offered beside it the turn is the agent's: another model cannot take it over, and this is `undefined`.
 */
export function readSearch(dialect: DialectName, body: JsonObject): SearchRequest | undefined {
  switch (dialect) {
    case 'messages':
      return fromMessages(body)
    case 'gemini':
      return fromGemini(body)
    case 'chat':
      return fromChat(body)
    // The responses dialect says it in the wire's own words; the others have none.
    case 'responses':
    case 'completions':
    case 'ollama':
    case 'embeddings':
      return undefined
  }
}

/** https://docs.claude.com/en/docs/agents-and-tools/tool-use/web-search-tool */
function fromMessages(body: JsonObject): SearchRequest | undefined {
  const { tools, tool_choice: choice, ...rest } = body
  const tool = onlyObject(tools)
  if (tool === undefined || !/^web_search_\d+$/.test(asString(tool['type']) ?? '')) return undefined
  const kind = asString(asObject(choice)?.['type']) ?? 'auto'
  if (kind === 'none') return undefined
  const blocked = tool['blocked_domains']
  if (Array.isArray(blocked) && blocked.length > 0) {
    throw new BadRequestError(
      'blocked_domains: the model that searches knows allowed domains only; name those instead',
      { param: 'tools', code: 'unsupported_parameter' },
    )
  }
  const allowed = tool['allowed_domains']
  return {
    body: rest,
    tool: {
      type: 'web_search',
      ...(Array.isArray(allowed) && allowed.length > 0
        ? { filters: { allowed_domains: allowed } }
        : {}),
      ...location(tool['user_location']),
    },
    forced: kind !== 'auto',
    lost: tool['max_uses'] === undefined ? [] : ['tools.max_uses'],
  }
}

const GOOGLE_SEARCHES: ReadonlySet<string> = new Set([
  'googleSearch',
  'google_search',
  'googleSearchRetrieval',
  'google_search_retrieval',
])

/** https://ai.google.dev/gemini-api/docs/google-search */
function fromGemini(body: JsonObject): SearchRequest | undefined {
  const { tools, toolConfig: _camel, tool_config: _snake, ...rest } = body
  const tool = onlyObject(tools)
  const [name, ...others] = Object.keys(tool ?? {})
  if (name === undefined || others.length > 0 || !GOOGLE_SEARCHES.has(name)) return undefined
  const wishes = Object.keys(asObject(tool?.[name]) ?? {})
  return {
    body: rest,
    tool: { type: 'web_search' },
    forced: false,
    lost: wishes.map((wish) => `tools.${wish}`),
  }
}

/** https://platform.openai.com/docs/guides/tools-web-search?api-mode=chat */
function fromChat(body: JsonObject): SearchRequest | undefined {
  const { web_search_options: options, tools, tool_choice: _choice, ...rest } = body
  if (!isJsonObject(options) || (Array.isArray(tools) && tools.length > 0)) return undefined
  const size = options['search_context_size']
  const { approximate } = asObject(options['user_location']) ?? {}
  return {
    body: rest,
    tool: {
      type: 'web_search',
      ...(typeof size === 'string' ? { search_context_size: size } : {}),
      ...location(approximate),
    },
    forced: false,
    lost: [],
  }
}

function location(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? { user_location: { ...value, type: 'approximate' } } : {}
}

function onlyObject(list: JsonValue | undefined): JsonObject | undefined {
  if (!Array.isArray(list) || list.length !== 1) return undefined
  return asObject(list[0])
}
