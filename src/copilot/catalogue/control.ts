import { randomUUID } from 'node:crypto'
import type { CancelSignal } from '../../core/cancel-signal.ts'
import { BadGatewayError } from '../../core/errors.ts'
import type { HttpClient, HttpResponse } from '../../core/http.ts'
import type { Model } from '../../core/model.ts'
import type { Access, Mend, Refusal } from '../../core/upstream.ts'
import type { Failure } from '../../core/upstream.ts'
import type { HeaderBlocks } from '../identity/header-blocks.ts'
import { parseCatalogue } from './parse-catalogue.ts'

/** Copilot's own pages beside the model calls: the list of models, and consent to a policy. */
export interface ControlPlane {
  readonly http: HttpClient
  readonly blocks: HeaderBlocks
  readonly access: (signal: CancelSignal) => Promise<Access>
  readonly mend: (mend: Mend, access: Access, signal: CancelSignal) => Promise<void>
  readonly readFailure: (refusal: Refusal) => Failure
}

const TIMEOUT_MS = 15_000

export async function fetchModels(plane: ControlPlane): Promise<readonly Model[]> {
  const response = await ask(plane, 'models', (base) => ({ method: 'GET', url: `${base}/models` }))
  const models = parseCatalogue(response.body)
  if (models) return models
  throw new BadGatewayError('GitHub Copilot answered the list of models with something else.', {
    llm_provider: 'github_copilot',
  })
}

/** Consents to the terms under which a model is offered, as the editors do after asking. */
export async function acceptPolicy(plane: ControlPlane, model: string): Promise<void> {
  await ask(plane, 'policy', (base) => ({
    method: 'POST',
    url: `${base}/models/${encodeURIComponent(model)}/policy`,
    body: JSON.stringify({ state: 'enabled' }),
  }))
}

interface Question {
  readonly method: 'GET' | 'POST'
  readonly url: string
  readonly body?: string | undefined
}

/** Asks, and asks once more after each thing that can be mended: an old token, another host, an old API version. */
async function ask(
  plane: ControlPlane,
  purpose: 'models' | 'policy',
  question: (base: string) => Question,
): Promise<HttpResponse> {
  const signal = AbortSignal.timeout(3 * TIMEOUT_MS)
  const mended = new Set<Mend['kind']>()
  for (;;) {
    const access = await plane.access(signal)
    const requestId = randomUUID()
    const response = await plane.http.request({
      ...question(access.origin + access.basePath),
      headers: {
        ...plane.blocks.block(access.credential, purpose, false),
        ...access.authorization,
        'x-request-id': requestId,
      },
      timeoutMs: TIMEOUT_MS,
      signal,
    })
    const { status, headers, body } = response
    if (status >= 200 && status < 300) return response
    const failure = plane.readFailure({ status, headers, body, wire: 'chat', model: '', requestId })
    const mend = failure.mend
    if (!mend || mended.has(mend.kind) || !MENDS.has(mend.kind)) throw failure.error
    mended.add(mend.kind)
    await plane.mend(mend, access, signal)
  }
}

const MENDS: ReadonlySet<Mend['kind']> = new Set([
  'renew-credential',
  'resolve-host',
  'newer-api-version',
])
