import { codedError } from '../errors/error-bodies.ts'
import { Refusal } from '../errors/refusal.ts'
import { asObject, asString } from '../../core/json.ts'
import type { JsonObject } from '../../core/json.ts'
import type { CatalogueModel } from '../catalogue/entry.ts'
import { retryHeaders, namedError } from '../faults/named-errors.ts'
import { quotaRefusal } from '../accounting/billing.ts'
import type { Incoming } from '../server/incoming.ts'
import type { World } from '../world.ts'
import { refuse } from './admit.ts'
import type { Seat } from './seat.ts'

/** The model wires, by the name `supported_endpoints` has for them. */
export type Wire =
  | '/chat/completions'
  | '/responses'
  | 'ws:/responses'
  | '/v1/messages'
  | '/embeddings'

/** A call that may be answered. */
export interface Admitted {
  readonly seat: Seat
  readonly model: CatalogueModel
  readonly body: JsonObject
  readonly initiator: 'user' | 'agent'
}

/** The gates after the credential: quota and limits, then the model and its wire. */
export function admitModel(
  world: World,
  seat: Seat,
  incoming: Pick<Incoming, 'headers'>,
  bodyValue: unknown,
  wire: Wire,
  initiatorText: string | undefined,
): Admitted {
  const body = asObject(bodyValue)
  const initiator = initiatorText === 'agent' ? 'agent' : 'user'
  const id = asString(body?.['model'])
  const model = id === undefined ? undefined : world.catalogue.find(id)
  if (model && wire !== '/embeddings') checkQuota(seat, model, initiator)
  if (!body) throw refuse('body', 'invalid_request_body', 'failed to parse request')
  if (!model) throw refuse('model', 'model_not_supported')
  if (world.catalogue.refusalFor(seat.account, model) !== undefined || !seesModel(seat, model)) {
    throw refuse('model', 'model_not_supported')
  }
  checkWire(world, model, wire)
  checkAutoSession(world, seat, incoming, model)
  return { seat, model, body, initiator }
}

/** The app that made the token may be kept to some models. */
export function seesModel(seat: Seat, model: Pick<CatalogueModel, 'entry'>): boolean {
  const only = seat.credential.type === 'github' ? seat.credential.token?.models : undefined
  return only === undefined || only.includes(model.entry.id)
}

function checkQuota(seat: Seat, model: CatalogueModel, initiator: 'user' | 'agent'): void {
  const { account } = seat
  const reason = quotaRefusal(account, model, initiator)
  if (reason === undefined) return
  if (reason === 'premium' || reason === 'chat') {
    throw refuse('quota', reason === 'chat' ? 'free_quota_exceeded' : 'quota_exceeded')
  }
  const limit = account.limits[reason]
  const seconds = limit?.resetInSeconds ?? 60
  const weekly = reason === 'weekly'
  const window = weekly ? 'global-usage-weekly-key' : 'global-usage-5-hour-key'
  const code = weekly ? 'user_weekly_rate_limited' : 'user_global_rate_limited'
  const message = weekly
    ? "Sorry, you've exceeded your weekly rate limit. Please review our Terms of Service."
    : "Sorry, you've exceeded your 5 hour session limits. Please review our Terms of Service."
  throw new Refusal(
    'rate',
    codedError(
      429,
      code,
      message,
      { type: code },
      {
        ...retryHeaders(seconds),
        'x-ratelimit-exceeded': `global-chat:${window}:${account.login}:COPILOT_PLAN_${account.plan.toUpperCase()}`,
      },
    ),
  )
}

function checkWire(world: World, model: CatalogueModel, wire: Wire): void {
  const { capabilities, supported_endpoints: endpoints, id } = model.entry
  const type = wire === '/embeddings' ? 'embeddings' : 'chat'
  if (capabilities.type !== type) throw refuse('model', 'model_not_supported')
  if (wire === '/embeddings' || (endpoints ?? ['/chat/completions']).includes(wire)) return
  if (world.quirks.of(model).wrongWireCode === 'model_not_supported') {
    throw new Refusal(
      'model',
      namedError('model_not_supported', { message: 'Model is not supported for this request.' }),
    )
  }
  const path = wire.replace('ws:', '')
  throw new Refusal(
    'model',
    codedError(
      400,
      'unsupported_api_for_model',
      `model "${id}" is not accessible via the ${path} endpoint`,
    ),
  )
}

/** A session of auto mode is good for its own account and model, while it lasts. */
function checkAutoSession(
  world: World,
  seat: Seat,
  incoming: Pick<Incoming, 'headers'>,
  model: CatalogueModel,
): void {
  const token = incoming.headers['copilot-session-token']
  if (token === undefined) return
  const session = world.autoSessions.find(token)
  const good =
    session?.login === seat.account.login &&
    session.model === model.entry.id &&
    session.expiresAt > world.clock.nowSeconds()
  if (!good) {
    throw new Refusal(
      'auto-session',
      codedError(401, 'session_expired', 'The auto mode session is not valid any more.'),
    )
  }
}

export function discountOf(world: World, headers: Readonly<Record<string, string>>): number {
  const token = headers['copilot-session-token']
  return (token === undefined ? undefined : world.autoSessions.find(token))?.discount ?? 0
}
