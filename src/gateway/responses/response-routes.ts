import { OWN_SEAT } from '../../core/call.ts'
import type { Caller } from '../../core/call.ts'
import { BadRequestError, NotFoundError } from '../../core/errors.ts'
import { isJsonObject } from '../../core/json.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'
import type { OwnRequest, OwnRoute } from '../own/own-route.ts'
import type { KeptResponse, ResponseBook } from './response-book.ts'
import { printable } from './printable.ts'

const OPEN: Caller = { kind: 'open', seat: OWN_SEAT }

/** Reading and deleting responses that are kept: https://platform.openai.com/docs/api-reference/responses/get */
export function responseRoutes(book: ResponseBook): readonly OwnRoute[] {
  const found = async ({ params, caller }: OwnRequest): Promise<KeptResponse> => {
    const id = params['id'] ?? ''
    const kept = await book.find(id, caller ?? OPEN)
    if (kept === undefined) throw noResponse(id)
    return kept
  }
  const routes: readonly Omit<OwnRoute, 'access' | 'dialect'>[] = [
    {
      method: 'GET',
      path: '/responses/:id',
      summary: 'A response that is kept',
      answer: async (request) => {
        if (request.query.get('stream') === 'true') {
          throw new BadRequestError(
            'a response that is kept is not streamed again: ask without `stream`',
            { param: 'stream', code: 'unsupported_parameter' },
          )
        }
        return { body: (await found(request)).response }
      },
    },
    {
      method: 'DELETE',
      path: '/responses/:id',
      summary: 'Forgets a response',
      answer: async ({ params, caller }) => {
        const id = params['id'] ?? ''
        if (!(await book.remove(id, caller ?? OPEN))) throw noResponse(id)
        return { body: { id, object: 'response', deleted: true } }
      },
    },
    {
      method: 'GET',
      path: '/responses/:id/input_items',
      summary: 'What a response was an answer to',
      answer: async (request) => {
        const { input } = await found(request)
        return { body: listItems(withIds(input, request.params['id'] ?? ''), request.query) }
      },
    },
  ]
  const served = (prefix: string) => (route: (typeof routes)[number]) =>
    ({ ...route, path: prefix + route.path, access: 'caller', dialect: 'responses' }) as const
  return [...routes.map(served('/v1')), ...routes.map(served(''))]
}

function noResponse(id: string): NotFoundError {
  return new NotFoundError(`Response with id '${printable(id)}' not found.`, {
    code: 'response_not_found',
  })
}

type ItemWithId = JsonObject & { readonly id: string }

/** Clients send most items without an id, and pages are turned by it. */
function withIds(input: readonly JsonValue[], responseId: string): ItemWithId[] {
  const stem = responseId.replace(/^resp_/, '')
  return input.filter(isJsonObject).map((item, index) => {
    const { id } = item
    const type = item['type'] ?? 'message'
    return Object.assign({}, item, {
      type,
      id: typeof id === 'string' ? id : `in_${stem}${index}`,
    })
  })
}

const MOST_ITEMS = 100

function listItems(items: readonly ItemWithId[], query: URLSearchParams): JsonObject {
  const limit = Number(query.get('limit') ?? 20)
  if (!Number.isInteger(limit) || limit < 1 || limit > MOST_ITEMS) {
    throw new BadRequestError(`limit must be a whole number, 1 to ${MOST_ITEMS}`, {
      param: 'limit',
      code: 'invalid_value',
    })
  }
  const order = query.get('order') ?? 'desc'
  if (order !== 'asc' && order !== 'desc') {
    throw new BadRequestError('order must be asc or desc', {
      param: 'order',
      code: 'invalid_value',
    })
  }
  const ordered = order === 'asc' ? items : items.toReversed()
  const after = query.get('after')
  const from = after === null ? 0 : ordered.findIndex(({ id }) => id === after) + 1
  if (after !== null && from === 0) {
    throw new BadRequestError('after names no item of this response', {
      param: 'after',
      code: 'invalid_value',
    })
  }
  const data = ordered.slice(from, from + limit)
  return {
    object: 'list',
    data,
    first_id: data[0]?.id ?? null,
    last_id: data.at(-1)?.id ?? null,
    has_more: from + data.length < ordered.length,
  }
}
