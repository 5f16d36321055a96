import type { DialectName } from '../../core/call.ts'
import type { Conversation } from '../../core/conversation.ts'
import { BadRequestError } from '../../core/errors.ts'
import type { JetwayError } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import type { Model } from '../../core/model.ts'
import type { WireChoice } from '../plan/choose-wire.ts'
import { readSearch } from './read-search.ts'
import type { SearchRequest } from './read-search.ts'

/** A call that is answered by the model which searches, in place of the one that was asked. */
export interface SearchPlan extends SearchRequest {
  readonly model: string
}

export function planSearch(
  dialect: DialectName,
  body: JsonObject,
  model: string,
): SearchPlan | undefined {
  const search = readSearch(dialect, body)
  return search === undefined ? undefined : { ...search, model }
}

/** Named in `x-jetway-degraded`: it is another model than the one asked for that answers. */
export function searchLosses({ lost }: SearchPlan): readonly string[] {
  return ['web_search_model', ...lost]
}

/** Only on this wire does a model of Copilot search by itself. */
export function searchWire(model: Model): WireChoice {
  if (!model.wires.includes('responses')) {
    throw new BadRequestError(
      `jetway.web_search.model names ${model.id}, which is not served on /responses, where models search: name one that is`,
      { param: 'tools', code: 'unsupported_feature' },
    )
  }
  return { wire: 'responses', reason: `the request is a web search, which ${model.id} does there` }
}

export function withSearch(conversation: Conversation, search: SearchPlan): Conversation {
  const { toolChoice: _choice, reasoning, ...rest } = conversation
  return {
    ...rest,
    tools: [{ kind: 'server', name: 'web_search', origin: 'responses', value: search.tool }],
    ...(search.forced ? { toolChoice: { kind: 'required' as const } } : {}),
    // A model that is told not to think does not search either: https://platform.openai.com/docs/guides/tools-web-search
    ...(reasoning === undefined || reasoning.disabled === true ? {} : { reasoning }),
  }
}

/** A search that nobody here does: what is to be done about it is not for the upstream to know. */
export function withSearchHint(
  error: JetwayError,
  dialect: DialectName,
  body: JsonObject,
): JetwayError {
  if (error.status !== 400 || !isAboutSearch(error) || !isSearch(dialect, body)) return error
  const hint =
    'To have web searches done, the operator names a model that searches, as in `jetway: { web_search: { model: github_copilot/gpt-5.5 } }`.'
  const { status, llm_provider, model, code, param, body: said } = error
  const Kind = error.constructor as typeof JetwayError
  return new Kind(`${error.message} ${hint}`, {
    status,
    llm_provider,
    model,
    code,
    param: param ?? 'tools',
    body: said,
    cause: error,
  })
}

/** Anything else may be wrong with a search, too. */
function isAboutSearch({ message, param }: JetwayError): boolean {
  return param === 'tools' || /search/i.test(message)
}

function isSearch(dialect: DialectName, body: JsonObject): boolean {
  try {
    return readSearch(dialect, body) !== undefined
  } catch {
    return true
  }
}
