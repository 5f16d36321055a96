import { OWN_SEAT } from '../../core/call.ts'
import type { Engine, ListedModel } from '../../core/engine.ts'
import type { JsonObject } from '../../core/json.ts'
import type { Assembled } from '../../assemble.ts'
import type { OwnRoute } from '../own/own-route.ts'
import { whyMissing } from './why-missing.ts'

export interface SeatViewOptions {
  readonly engine: () => Engine
  readonly copilot: () => Pick<Assembled['copilot'], 'quota' | 'status' | 'listModels'>
}

/** What the caller's own seat has left, and which models it has: more than the dialects' lists have room for. */
export function seatViewRoutes({ engine, copilot }: SeatViewOptions): readonly OwnRoute[] {
  return [
    {
      method: 'GET',
      path: '/ui/api/quota',
      access: 'caller',
      summary: 'Quota of the seat that pays for the caller’s calls',
      answer: async ({ caller, signal }) => ({
        body: plain(await copilot().quota(caller?.seat ?? OWN_SEAT, signal)),
      }),
    },
    {
      method: 'GET',
      path: '/ui/api/seat',
      access: 'caller',
      summary: 'The seat that pays for the caller’s calls: signed in, plan, and what is wrong',
      async answer({ caller, signal }) {
        const status = await copilot().status(caller?.seat ?? OWN_SEAT, signal)
        return {
          body: {
            seat: caller?.seat ?? OWN_SEAT,
            signed_in: status.signedIn,
            login: status.login ?? null,
            plan: status.plan ?? null,
            host: status.host ?? null,
            source: status.source ?? null,
            expires_at: status.expiresAt ?? null,
            problem: status.problem?.message ?? null,
          },
        }
      },
    },
    {
      method: 'GET',
      path: '/ui/api/models',
      access: 'caller',
      summary: 'The models of the caller’s seat with limits, wires, prices and policy',
      answer: async ({ caller, signal }) => {
        const models = await engine().listModels(caller ?? { kind: 'open', seat: OWN_SEAT }, signal)
        return { body: { models: models.map(modelAnswer) } }
      },
    },
    {
      method: 'GET',
      path: '/ui/api/models/why',
      access: 'caller',
      summary: 'Why the caller cannot call a model, and what to do',
      async answer({ caller = { kind: 'open', seat: OWN_SEAT }, query, signal }) {
        const place = { seat: caller.seat }
        const [served, catalogue, status] = await Promise.all([
          engine().listModels(caller, signal).catch(nothing),
          copilot().listModels(place, signal).catch(nothing),
          copilot().status(caller.seat, signal),
        ])
        const wanted = (query.get('name') ?? '').trim().slice(0, LONGEST_NAME)
        const names = (served ?? []).map(({ name }) => name)
        const findings = whyMissing({ wanted, served: names, catalogue, status })
        return { body: { wanted, findings: findings.map((finding) => plain(finding)) } }
      },
    },
  ]
}

const LONGEST_NAME = 100
const nothing = (): undefined => undefined

function modelAnswer({ name, provider, model }: ListedModel): JsonObject {
  if (!model) return { name, provider }
  const { raw: _, ...known } = model
  return { ...plain(known), name, display_name: model.name, provider }
}

/** As JSON has it: what is absent is left out. */
function plain(value: object): JsonObject {
  return JSON.parse(JSON.stringify(value)) as JsonObject
}
