import { NotFoundError, ServiceUnavailableError } from '../../core/errors.ts'
import type { OwnAnswer, OwnRequest, OwnRoute } from '../own/own-route.ts'
import type { Asset, Assets } from './asset-files.ts'
import { PAGE_HEADERS } from './page-headers.ts'

/** Names hold a hash of the content: what was fetched once is never asked for again. */
const FOR_EVER = 'public, max-age=31536000, immutable'

/** The page and its files, read at the first visit. */
export function assetRoutes(read: () => Promise<Assets | undefined>): readonly OwnRoute[] {
  let reading: Promise<Assets | undefined> | undefined
  const assets = async (): Promise<Assets> => {
    reading ??= read()
    const found = await reading
    if (found) return found
    reading = undefined
    throw new ServiceUnavailableError(
      'the dashboard is not built here; `npm run build` makes it, and the package holds it',
      { code: 'dashboard_not_built' },
    )
  }
  const page: OwnRoute['answer'] = async (request) => {
    const index = (await assets()).get('index.html')
    if (!index) throw new NotFoundError('there is no page', { code: 'unknown_endpoint' })
    return send(request, index, { ...PAGE_HEADERS, 'cache-control': 'no-cache' })
  }
  return [
    { method: 'GET', path: '/ui', access: 'anyone', summary: 'The dashboard', answer: page },
    {
      method: 'GET',
      path: '/ui/assets/:name',
      access: 'anyone',
      summary: 'A file of the dashboard',
      async answer(request) {
        const asset = (await assets()).get(request.params['name'] ?? '')
        if (asset) return send(request, asset, { ...PAGE_HEADERS, 'cache-control': FOR_EVER })
        throw new NotFoundError('the dashboard has no such file; reload the page', {
          code: 'unknown_endpoint',
        })
      },
    },
  ]
}

function send(
  { headers }: OwnRequest,
  asset: Asset,
  extra: Readonly<Record<string, string>>,
): OwnAnswer {
  const accepted = headers['accept-encoding'] ?? ''
  const encoding = /\bbr\b/.test(accepted) ? 'br' : /\bgzip\b/.test(accepted) ? 'gzip' : undefined
  const bytes = encoding === 'br' ? asset.brotli : encoding === 'gzip' ? asset.gzip : asset.plain
  return {
    body: null,
    pieces: one(bytes),
    headers: {
      ...extra,
      'content-type': asset.contentType,
      'content-length': String(bytes.length),
      vary: 'accept-encoding',
      ...(encoding === undefined ? {} : { 'content-encoding': encoding }),
    },
  }
}

// An answer in pieces is an async one; this is at hand.
// oxlint-disable-next-line typescript/require-await
async function* one(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes
}
