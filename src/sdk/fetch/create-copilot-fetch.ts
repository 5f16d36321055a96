import type { Dialect } from '../../core/dialect.ts'
import {
  InternalServerError,
  JetwayError,
  MethodNotAllowedError,
  NotFoundError,
} from '../../core/errors.ts'
import type { EarlyFailure } from '../answer-sink.ts'
import { callDefaults } from '../call-defaults.ts'
import type { House } from '../house.ts'
import { lazyHouse } from '../lazy-house.ts'
import { SDK_CALLER } from '../make-call.ts'
import type { CopilotOptions } from '../options.ts'
import { perform } from '../perform.ts'
import { createSignIn } from '../sign-in.ts'
import { answerResponse, errorResponse } from './answer-response.ts'
import { encodeModel, encodeModelList } from './list-models.ts'
import { makeFetchCall } from './make-fetch-call.ts'
import { readRequest } from './read-request.ts'
import type { FetchRequest } from './read-request.ts'
import { findRoute } from './routes.ts'

/** Every call of the SDK it is given to, without the network in between. */
export type CopilotFetch = typeof fetch

/**
 * A `fetch` for any SDK that takes one. The SDK's base URL is the Copilot API's (any will do: only the path is read, as
 * `/chat/completions` or `/v1/messages`); sign-in, headers and repairs happen inside, and its API key is not used.
 *
 * @example
 * const openai = new OpenAI({
 *   apiKey: 'unused',
 *   baseURL: 'https://api.githubcopilot.com',
 *   fetch: createCopilotFetch(),
 * })
 */
export function createCopilotFetch(options: CopilotOptions = {}): CopilotFetch {
  const house = lazyHouse(options)
  const signedIn = createSignIn(options, house.open)
  const defaults = callDefaults(options)

  const call = async (request: FetchRequest, id: string): Promise<Response> => {
    let failure: EarlyFailure | undefined
    try {
      return await signedIn(request.signal, async ({ engine, dialects }) => {
        const dialect = dialectOf(dialects, id)
        const performed = await perform(
          engine,
          (signal) => makeFetchCall(dialect, request, defaults, signal),
          request.signal,
          'bytes',
        )
        const { outcome } = performed
        if (outcome.kind === 'answer') return answerResponse(outcome.head, performed.abort)
        ;({ failure } = outcome)
        throw failure.error
      })
    } catch (error) {
      if (failure && failure.error === error) return errorResponse(failure.answer, failure.headers)
      return await refuse(error, id)
    }
  }

  const models = async (request: FetchRequest, id: string | undefined): Promise<Response> => {
    const anthropic = request.headers.has('anthropic-version')
    try {
      const signal = request.signal ?? new AbortController().signal
      const listed = await signedIn(request.signal, ({ engine }) =>
        engine.listModels(SDK_CALLER, signal),
      )
      if (id === undefined) return Response.json(encodeModelList(listed, anthropic))
      const found = listed.find(({ name }) => name === id)
      if (!found) throw new NotFoundError(`there is no model '${id}'`, { code: 'model_not_found' })
      return Response.json(encodeModel(found, anthropic))
    } catch (error) {
      return await refuse(error, anthropic ? 'messages' : 'chat')
    }
  }

  /** A failure in the words of the dialect that was spoken; what is no failure of ours is thrown on. */
  const refuse = async (error: unknown, dialect: string): Promise<Response> => {
    if (!(error instanceof JetwayError)) throw error
    const { dialects } = await house.open()
    return errorResponse(
      dialectOf(dialects, dialect).encodeError(error, error.request_id ?? ''),
      {},
    )
  }

  return async (input, init) => {
    const request = await readRequest(input, init)
    const found = findRoute(request.method, request.url.pathname)
    if (found.kind === 'unknown') {
      const message = `Copilot has nothing at ${request.url.pathname}`
      return await refuse(new NotFoundError(message, { code: 'unknown_path' }), 'chat')
    }
    if (found.kind === 'wrong-method') {
      const message = `${request.url.pathname} takes ${found.allowed}, not ${request.method}`
      return await refuse(new MethodNotAllowedError(message), 'chat')
    }
    const { route } = found
    if (route.kind === 'call') return await call(request, route.dialect)
    return await models(request, route.kind === 'model' ? route.id : undefined)
  }
}

function dialectOf(dialects: House['dialects'], id: string): Dialect {
  const dialect = dialects.get(id)
  if (!dialect) throw new InternalServerError(`there is no dialect '${id}'`)
  return dialect
}
