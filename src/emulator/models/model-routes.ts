import { asArray, asObject, asString } from '../../core/json.ts'
import { seedOf } from '../answers/prose.ts'
import { codedError, errorText } from '../errors/error-bodies.ts'
import { Refusal } from '../errors/refusal.ts'
import type { CatalogueEntry } from '../catalogue/entry.ts'
import { admit, refuse } from '../gates/admit.ts'
import { seesModel } from '../gates/admit-model.ts'
import type { Seat } from '../gates/seat.ts'
import type { Incoming } from '../server/incoming.ts'
import { jsonReply, textReply } from '../server/reply.ts'
import type { Reply } from '../server/reply.ts'
import type { Route } from '../server/routes.ts'
import type { World } from '../world.ts'

export const MODEL_ROUTES: readonly Route[] = [
  route('models', 'GET', /^\/models$/, list),
  route('model-session', 'POST', /^\/models\/session$/, session),
  route('model-intent', 'POST', /^\/models\/session\/intent$/, intent),
  route('auto', 'POST', /^\/auto$/, auto),
  route('model-policy', 'POST', /^\/models\/([^/]+)\/policy$/, policy),
  route('model', 'GET', /^\/models\/([^/]+)$/, one),
  {
    name: 'ping',
    service: 'copilot',
    method: 'GET',
    path: /^\/_ping$/,
    handle: () => textReply(200, 'OK\n'),
  },
]

function route(name: string, method: string, path: RegExp, handle: Route['handle']): Route {
  return { name, service: 'copilot', method, path, handle }
}

function list(world: World, incoming: Incoming): Reply {
  const seat = admit(world, incoming)
  return jsonReply(200, { data: visible(world, seat), object: 'list' })
}

function visible(world: World, seat: Seat): CatalogueEntry[] {
  return world.catalogue.entriesFor(seat.account).filter((entry) => seesModel(seat, { entry }))
}

function one(world: World, incoming: Incoming, parts: readonly string[]): Reply {
  const entry = visible(world, admit(world, incoming)).find(
    (candidate) => candidate.id === parts[0],
  )
  if (!entry) throw refuse('model', 'not_found')
  return jsonReply(200, entry)
}

const STATES = ['enabled', 'disabled', 'unconfigured'] as const

/** Accepting a model's terms. What an organization disabled, its members cannot enable. */
function policy(world: World, incoming: Incoming, parts: readonly string[]): Reply {
  const { account } = admit(world, incoming)
  const model = world.catalogue.find(parts[0] ?? '')
  if (!model) throw refuse('model', 'not_found')
  const wanted = asString(asObject(incoming.json)?.['state'])
  const state = STATES.find((candidate) => candidate === wanted)
  if (!state) {
    throw new Refusal(
      'body',
      codedError(400, 'invalid_request_body', 'state must be "enabled" or "disabled"'),
    )
  }
  if (account.policies[model.entry.id] === 'disabled' && account.organizations.length > 0) {
    throw refuse('policy', 'feature_flag_blocked', 'Your organization has disabled this model.')
  }
  account.policies[model.entry.id] = state
  return jsonReply(200, { state, terms: model.entry.policy?.terms ?? '' })
}

/** The models auto mode picks from, cheapest first; long prompts get a stronger one. */
const AUTO_MODELS = ['gpt-5-mini', 'claude-sonnet-4.6', 'gpt-4.1']

function session(world: World, incoming: Incoming): Reply {
  const seat = admit(world, incoming)
  const available = autoModels(world, seat)
  const started = world.autoSessions.start(seat.account.login, available[0] ?? 'gpt-4.1')
  return jsonReply(200, {
    available_models: available,
    selected_model: started.model,
    session_token: started.token,
    expires_at: started.expiresAt,
    discounted_costs: Object.fromEntries(available.map((id) => [id, started.discount])),
  })
}

function intent(world: World, incoming: Incoming): Reply {
  admit(world, incoming)
  const body = asObject(incoming.json) ?? {}
  const prompt = asString(body['prompt']) ?? ''
  const offered = asArray(body['available_models']).filter((id) => typeof id === 'string')
  const hard = prompt.length > 400
  const chosen = offered[hard ? offered.length - 1 : 0]
  return jsonReply(200, {
    predicted_label: hard ? 'needs_reasoning' : 'no_reasoning',
    confidence: 0.5 + (seedOf(prompt) % 50) / 100,
    latency_ms: 12,
    candidate_models: offered,
    ...(chosen !== undefined && { chosen_model: chosen }),
    scores: { needs_reasoning: hard ? 0.8 : 0.2, no_reasoning: hard ? 0.2 : 0.8 },
    sticky_override: false,
  })
}

/** The newest form; only Copilot's own clients may ask it. */
function auto(world: World, incoming: Incoming): Reply {
  const seat = admit(world, incoming)
  if (isThirdParty(seat)) throw new Refusal('auto', errorText(404, '404 page not found'))
  const available = autoModels(world, seat)
  const tier = asString(asObject(incoming.json)?.['tier']) ?? 'balanced'
  const at = tier === 'max' ? 1 : 0
  const started = world.autoSessions.start(
    seat.account.login,
    available[at] ?? available[0] ?? 'gpt-4.1',
  )
  const entry = world.catalogue.find(started.model)?.entry
  return jsonReply(200, {
    session_token: started.token,
    selected_model: entry,
    expires_at: started.expiresAt,
    hydra_scores: Object.fromEntries(available.map((id) => [id, 0.5])),
  })
}

function isThirdParty(seat: Seat): boolean {
  const { credential } = seat
  return (
    credential.type === 'github' && ['opencode', 'gh'].includes(credential.token?.app.name ?? '')
  )
}

function autoModels(world: World, seat: Seat): string[] {
  return AUTO_MODELS.filter((id) => {
    const model = world.catalogue.find(id)
    return model && world.catalogue.refusalFor(seat.account, model) === undefined
  })
}
