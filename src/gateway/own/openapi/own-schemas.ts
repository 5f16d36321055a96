import type { JsonObject } from '../../../core/json.ts'
import { RESPONSE_SCHEMA } from './call-schemas.ts'
import {
  amount,
  answer,
  either,
  flag,
  jsonContent,
  list,
  object,
  orNull,
  reference,
  text,
  whole,
  words,
  events,
} from './schema.ts'

const loose: JsonObject = { type: 'object' }
const time: JsonObject = { type: 'string', format: 'date-time' }
const money = { spend: amount, spend_credits: amount }
const limits = {
  rpm_limit: orNull(whole),
  tpm_limit: orNull(whole),
  max_parallel_requests: orNull(whole),
  max_budget: orNull(amount),
  max_budget_credits: orNull(amount),
  soft_budget: orNull(amount),
  soft_budget_credits: orNull(amount),
  budget_duration: orNull(text),
  budget_reset_at: orNull(text),
  ...money,
}
const member = {
  models: list(text),
  blocked: flag,
  metadata: loose,
  created_at: time,
  updated_at: time,
  version: whole,
  ...limits,
}
const key = {
  key_id: text,
  key_name: text,
  key_alias: orNull(text),
  user_id: orNull(text),
  team_id: orNull(text),
  deleted_owner: orNull(words('user', 'team')),
  allowed_routes: list(text),
  expires: orNull(text),
  ...member,
}
const tokens = {
  total_tokens: whole,
  prompt_tokens: whole,
  cached_tokens: whole,
  cache_write_tokens: whole,
  completion_tokens: whole,
  reasoning_tokens: whole,
}
const call = {
  request_id: text,
  call_id: text,
  startTime: time,
  endTime: time,
  key_id: orNull(text),
  user_id: orNull(text),
  team_id: orNull(text),
  seat: text,
  dialect: text,
  model: orNull(text),
  model_asked: text,
  wire: orNull(text),
  stream: flag,
  status: words('success', 'failure'),
  outcome: words('ok', 'failed', 'refused', 'aborted'),
  status_code: whole,
  ...tokens,
  ...money,
  spend_nano_credits: whole,
  attempts: whole,
  total_ms: whole,
  overhead_ms: amount,
  queued_ms: whole,
}
const next = { next: orNull(text) }

/** Things that several answers hold. */
export const OWN_COMPONENTS: JsonObject = {
  Key: answer(key),
  User: answer({
    user_id: text,
    user_alias: orNull(text),
    user_email: orNull(text),
    user_role: words('administrator', 'member'),
    ...member,
  }),
  Team: answer({ team_id: text, team_alias: orNull(text), ...member }),
  Seat: answer({
    seat_id: text,
    user_id: orNull(text),
    kind: words('person', 'service'),
    host: text,
    github_login: orNull(text),
    plan: orNull(text),
    status: words('connected', 'no_copilot_seat', 'revoked'),
    detail: orNull(text),
    connected_at: time,
    updated_at: time,
  }),
  Stop: answer({
    scope: text,
    seat_id: text,
    reason: words('repeats', 'spend', 'ceiling', 'abuse'),
    detail: text,
    stopped_at: time,
  }),
  Call: answer(call),
  ExplainedCall: answer({
    ...call,
    wire_reason: orNull(text),
    initiator_reason: orNull(text),
    rewrites: list(loose),
    degraded: list(text),
    attempt_list: list(loose),
  }),
  OpenAIModel: object({ id: text, object: { const: 'model' }, created: whole, owned_by: text }, [
    'id',
    'object',
    'created',
    'owned_by',
  ]),
  AnthropicModel: object(
    { type: { const: 'model' }, id: text, display_name: text, created_at: text },
    ['type', 'id', 'display_name'],
  ),
  GeminiModel: object({ name: text, displayName: text, supportedGenerationMethods: list(text) }, [
    'name',
    'supportedGenerationMethods',
  ]),
  Response: RESPONSE_SCHEMA,
}

const newKey = { allOf: [answer({ key: text }), reference('Key')] }
const oneModel = either(reference('OpenAIModel'), reference('AnthropicModel'))
const health = jsonContent({ type: 'string' })
const readiness = jsonContent(object({ status: text, version: text, reason: text }, ['status']))
const session = jsonContent(
  object(
    {
      signed_in: flag,
      open: flag,
      role: words('administrator', 'member'),
      name: text,
      user_id: orNull(text),
      team_id: orNull(text),
      key_id: orNull(text),
      version: text,
    },
    ['signed_in', 'open'],
  ),
)
const plain = (type: string): JsonObject => ({ [type]: { schema: text } })

/** What an answer of 200 holds, by method and path without `/v1`. */
export const OWN_ANSWERS: Readonly<Record<string, JsonObject>> = {
  'GET /': plain('text/plain'),
  'GET /openapi.json': jsonContent(answer({ openapi: text, info: loose, paths: loose })),
  'GET /metrics': plain('text/plain'),
  'GET /livez': health,
  'GET /health/liveness': health,
  'GET /health/liveliness': health,
  'GET /readyz': readiness,
  'GET /health/readiness': readiness,
  'GET /health': jsonContent(
    answer({
      healthy_endpoints: list(loose),
      unhealthy_endpoints: list(loose),
      healthy_count: whole,
      unhealthy_count: whole,
    }),
  ),
  'GET /models': jsonContent(
    either(
      answer({ object: { const: 'list' }, data: list(reference('OpenAIModel')) }),
      object({ data: list(reference('AnthropicModel')), has_more: flag }, ['data', 'has_more']),
    ),
  ),
  'GET /models/{id}': jsonContent(oneModel),
  'GET /v1beta/models': jsonContent(answer({ models: list(reference('GeminiModel')) })),
  'GET /v1beta/models/{id}': jsonContent(reference('GeminiModel')),
  'GET /api/tags': jsonContent(
    answer({ models: list(answer({ name: text, model: text, digest: text, details: loose })) }),
  ),
  'POST /api/show': jsonContent(
    answer({ details: loose, model_info: loose, capabilities: list(text) }),
  ),
  'GET /api/version': jsonContent(answer({ version: text })),
  'GET /responses/{id}': jsonContent(reference('Response')),
  'DELETE /responses/{id}': jsonContent(
    answer({ id: text, object: text, deleted: { const: true } }),
  ),
  'GET /responses/{id}/input_items': jsonContent(
    answer({
      object: { const: 'list' },
      data: list(loose),
      first_id: orNull(text),
      last_id: orNull(text),
      has_more: flag,
    }),
  ),
  'GET /ui': plain('text/html'),
  'GET /ui/assets/{name}': {
    'text/javascript': { schema: text },
    'text/css': { schema: text },
    'image/svg+xml': { schema: text },
    'application/json': { schema: {} },
  },
  'GET /ui/api/session': session,
  'POST /ui/api/session': session,
  'DELETE /ui/api/session': session,
  'GET /ui/api/quota': jsonContent(loose),
  'GET /ui/api/seat': jsonContent(
    object(
      {
        seat: text,
        signed_in: flag,
        login: orNull(text),
        plan: orNull(text),
        problem: orNull(text),
      },
      ['seat', 'signed_in'],
    ),
  ),
  'GET /ui/api/models': jsonContent(
    answer({ models: list(object({ name: text, provider: text }, ['name'])) }),
  ),
  'GET /ui/api/models/why': jsonContent(answer({ wanted: text, findings: list(loose) })),
  'GET /ui/api/live': { 'text/event-stream': { schema: events } },
  'POST /key/generate': jsonContent(newKey),
  'POST /key/regenerate': jsonContent(newKey),
  'GET /key/info': jsonContent({
    allOf: [object({ info: reference('Key') }, ['info']), reference('Key')],
  }),
  'GET /key/list': jsonContent(answer({ keys: list(reference('Key')), ...next })),
  'POST /key/update': jsonContent(reference('Key')),
  'POST /key/block': jsonContent(reference('Key')),
  'POST /key/unblock': jsonContent(reference('Key')),
  'POST /key/delete': jsonContent(answer({ deleted_keys: list(text) })),
  'POST /user/new': jsonContent(reference('User')),
  'POST /user/update': jsonContent(reference('User')),
  'GET /user/info': jsonContent(reference('User')),
  'GET /user/list': jsonContent(answer({ users: list(reference('User')), ...next })),
  'POST /user/delete': jsonContent(answer({ deleted_users: list(text) })),
  'POST /team/new': jsonContent(reference('Team')),
  'POST /team/update': jsonContent(reference('Team')),
  'GET /team/info': jsonContent(reference('Team')),
  'GET /team/list': jsonContent(answer({ teams: list(reference('Team')), ...next })),
  'POST /team/delete': jsonContent(answer({ deleted_teams: list(text) })),
  'GET /seats': jsonContent(answer({ seats: list(reference('Seat')) })),
  'DELETE /seats/{user}': jsonContent(reference('Seat')),
  'POST /seats/reseal': jsonContent(answer({ resealed: whole })),
  'POST /seats/connect/start': jsonContent(
    answer({
      user_code: text,
      verification_uri: text,
      expires_in: whole,
      interval: whole,
      flow_handle: text,
    }),
  ),
  'POST /seats/connect/poll': jsonContent(
    object(
      {
        status: words('pending', 'slow_down', 'expired', 'denied', 'no_copilot_seat', 'connected'),
        interval: whole,
        github_login: text,
        plan: text,
        detail: text,
      },
      ['status'],
    ),
  ),
  'GET /seats/stops': jsonContent(answer({ stops: list(reference('Stop')) })),
  'POST /seats/resume': jsonContent(answer({ resumed: reference('Stop') })),
  'GET /spend/logs': {
    ...jsonContent(answer({ logs: list(reference('Call')), ...next })),
    ...plain('text/csv'),
  },
  'GET /spend/summary': {
    ...jsonContent(
      answer({
        by: text,
        summary: list(answer({ calls: whole, failed: whole, ...tokens, ...money })),
      }),
    ),
    ...plain('text/csv'),
  },
  'GET /spend/quota': jsonContent(
    object(
      { plan: orNull(text), unit: text, since: text, counted_calls: whole, explanation: text },
      ['unit', 'since', 'explanation'],
    ),
  ),
  'GET /requests/{id}': jsonContent(reference('ExplainedCall')),
  'GET /audit': jsonContent(
    answer({
      entries: list(
        answer({ id: text, at: time, actor: text, action: text, subject: text, detail: loose }),
      ),
      ...next,
    }),
  ),
}

/** Bodies of endpoints that are not of the table of administration. */
export const OWN_REQUESTS: Readonly<Record<string, JsonObject>> = {
  'POST /api/show': object({ model: text }, ['model']),
  'POST /ui/api/session': answer({ key: text }),
}

/** Queries of the same. */
export const OWN_QUERIES: Readonly<Record<string, JsonObject>> = {
  'GET /models': { limit: whole, after_id: text, before_id: text },
  'GET /ui/api/models/why': { name: text },
  'GET /responses/{id}': { stream: words('true', 'false') },
  'GET /responses/{id}/input_items': {
    limit: { type: 'integer', minimum: 1, maximum: 100 },
    order: words('asc', 'desc'),
    after: text,
  },
}
