import { BadRequestError } from '../../core/errors.ts'
import { OWN_SEAT } from '../../core/call.ts'
import type { Caller } from '../../core/call.ts'
import type { Engine, ListedModel } from '../../core/engine.ts'
import { asString } from '../../core/json.ts'
import { encodeModel, encodeModelList } from '../../dialects/messages/index.ts'
import type { ListingPage } from '../../dialects/messages/index.ts'
import type { OwnRequest, OwnRoute } from '../own/own-route.ts'
import { geminiList, geminiModel } from './gemini-form.ts'
import { findListed } from './model-facts.ts'
import { ollamaShow, ollamaTags } from './ollama-form.ts'
import { openaiList, openaiModel } from './openai-form.ts'

/** Clients of Ollama refuse to talk to one older than they know; this is the version whose endpoints are answered here. */
const OLLAMA_VERSION = '0.12.6'

/** The models a caller may use, as each dialect lists them. */
export function modelRoutes(engine: Engine): readonly OwnRoute[] {
  const list = (request: OwnRequest): Promise<readonly ListedModel[]> =>
    engine.listModels(request.caller ?? OWNER, request.signal)
  const one = async (request: OwnRequest): Promise<ListedModel> =>
    findListed(await list(request), (request.params['id'] ?? '').replace(/^models\//, ''))

  const listing = (path: string): OwnRoute => ({
    method: 'GET',
    path,
    access: 'caller',
    summary: 'The models that can be called; in Anthropic’s form when anthropic-version is sent',
    answer: async (request) => {
      const models = await list(request)
      return {
        body: isAnthropic(request)
          ? encodeModelList(models, pageOf(request.query))
          : openaiList(models),
      }
    },
  })
  const single = (path: string): OwnRoute => ({
    method: 'GET',
    path,
    access: 'caller',
    summary: 'One model',
    answer: async (request) => {
      const found = await one(request)
      return { body: isAnthropic(request) ? encodeModel(found) : openaiModel(found) }
    },
  })

  return [
    listing('/v1/models'),
    listing('/models'),
    single('/v1/models/:id{.+}'),
    single('/models/:id{.+}'),
    {
      method: 'GET',
      path: '/v1beta/models',
      access: 'caller',
      dialect: 'gemini',
      summary: 'The models that can be called, in Gemini’s form',
      answer: async (request) => ({ body: geminiList(await list(request)) }),
    },
    {
      method: 'GET',
      path: '/v1beta/models/:id{.+}',
      access: 'caller',
      dialect: 'gemini',
      summary: 'One model, in Gemini’s form',
      answer: async (request) => ({ body: geminiModel(await one(request)) }),
    },
    {
      method: 'GET',
      path: '/api/tags',
      access: 'caller',
      dialect: 'ollama',
      summary: 'The models that can be called, in Ollama’s form',
      answer: async (request) => ({ body: ollamaTags(await list(request)) }),
    },
    {
      method: 'POST',
      path: '/api/show',
      access: 'caller',
      dialect: 'ollama',
      summary: 'One model, in Ollama’s form',
      answer: async (request) => {
        const body = await request.json()
        const name = asString(body['model']) ?? asString(body['name'])
        if (name === undefined) {
          throw new BadRequestError('model is missing', { param: 'model', code: 'missing' })
        }
        return { body: ollamaShow(findListed(await list(request), withoutTag(name))) }
      },
    },
    {
      method: 'GET',
      path: '/api/version',
      access: 'anyone',
      dialect: 'ollama',
      summary: 'The version, as Ollama’s clients ask for it',
      answer: () => ({ body: { version: OLLAMA_VERSION } }),
    },
  ]
}

const OWNER: Caller = { kind: 'open', seat: OWN_SEAT }

function pageOf(query: URLSearchParams): ListingPage {
  const limit = Number(query.get('limit') ?? Number.NaN)
  return {
    limit: Number.isInteger(limit) ? limit : undefined,
    afterId: query.get('after_id') ?? undefined,
    beforeId: query.get('before_id') ?? undefined,
  }
}

function isAnthropic({ headers }: OwnRequest): boolean {
  return headers['anthropic-version'] !== undefined
}

/** Ollama's clients add the tag they expect. */
function withoutTag(name: string): string {
  return name.replace(/:latest$/, '')
}
