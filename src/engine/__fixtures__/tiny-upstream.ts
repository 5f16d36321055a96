import { errorFromStatus } from '../../core/errors.ts'
import { isJsonObject, tryParseJson } from '../../core/json.ts'
import type { Model } from '../../core/model.ts'
import type { Access, Draft, Mend, Place, Upstream } from '../../core/upstream.ts'

export function tinyModel(id: string, changes: Partial<Model> = {}): Model {
  return {
    id,
    name: id,
    vendor: 'tiny',
    kind: 'chat',
    wires: ['chat'],
    webSocket: false,
    limits: {},
    supports: {
      streaming: true,
      toolCalls: true,
      parallelToolCalls: true,
      vision: false,
      structuredOutputs: false,
      dimensions: false,
      reasoningEfforts: [],
      adaptiveThinking: false,
    },
    pickerEnabled: true,
    preview: false,
    raw: {},
    ...changes,
  }
}

export interface TinyUpstream extends Upstream {
  /** What was asked of it, in order. */
  readonly drafts: Draft[]
  readonly mends: Mend[]
  readonly places: Place[]
}

export interface TinyUpstreamOptions {
  readonly provider: string
  readonly origin: string
  readonly models: readonly Model[]
  /** Names that the wire cannot carry, as a vendor would say them. */
  readonly degraded?: readonly string[]
}

/**
 * A vendor that reads `{"error": code, "mend": kind}` with `retry-after`, and renews a credential by counting it up: `Bearer 1`,
 * `Bearer 2`, …
 */
export function createTinyUpstream(options: TinyUpstreamOptions): TinyUpstream {
  const drafts: Draft[] = []
  const mends: Mend[] = []
  const places: Place[] = []
  let generation = 1
  return {
    provider: options.provider,
    drafts,
    mends,
    places,
    findModel: (id) => Promise.resolve(options.models.find((model) => model.id === id)),
    listModels: () => Promise.resolve(options.models),
    access(at): Promise<Access> {
      places.push(at)
      return Promise.resolve({
        origin: at.apiBase ?? options.origin,
        basePath: '',
        authorization: { authorization: `Bearer ${generation}` },
        credential: 'key',
        generation,
      })
    },
    prepare(draft) {
      drafts.push(draft)
      return {
        path: `/${draft.wire}`,
        headers: { 'content-type': 'application/json', 'x-attempt': String(draft.attempt) },
        edits: new Map(),
        initiator: {
          value: draft.attempt > 1 ? 'agent' : draft.facts.lastTurn,
          reason: draft.facts.lastTurnReason,
        },
        rewrites: [],
        degraded: options.degraded ?? [],
      }
    },
    readFailure({ status, headers, body }) {
      const said = tryParseJson(body)
      const code = isJsonObject(said) && typeof said['error'] === 'string' ? said['error'] : body
      const wait = headers['retry-after']
      return {
        error: errorFromStatus(status, `the upstream says ${code}`, {
          code,
          ...(wait === undefined ? {} : { retry_after: Number(wait) }),
        }),
        mend: isJsonObject(said) ? readMend(said['mend'], said['model']) : undefined,
      }
    },
    mend(mend) {
      mends.push(mend)
      if (mend.kind === 'renew-credential') generation++
      return Promise.resolve()
    },
  }
}

function readMend(kind: unknown, model: unknown): Mend | undefined {
  if (kind === 'renew-credential') return { kind }
  if (kind === 'other-wire') return { kind, wire: 'chat', model: String(model) }
  return undefined
}
