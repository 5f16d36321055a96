import type { Engine } from '../../core/engine.ts'
import { OWN_SEAT } from '../../core/call.ts'
import type { JsonObject } from '../../core/json.ts'
import { asJetwayError } from '../call/encode-refusal.ts'
import type { InFlight } from '../in-flight.ts'
import type { OwnRoute } from './own-route.ts'

export interface HealthOptions {
  readonly engine: Engine
  readonly inFlight: InFlight
  readonly version: string
  /** What else must work before calls may come: a database, say. Rejects with what is wrong. */
  readonly ready?: (() => Promise<void>) | undefined
}

/** Whether the process lives, whether it may be sent calls, and whether the upstreams answer. */
export function healthRoutes(options: HealthOptions): readonly OwnRoute[] {
  const { inFlight, version } = options

  const alive: OwnRoute['answer'] = () => ({ body: "I'm alive!" })

  const ready: OwnRoute['answer'] = async () => {
    if (inFlight.draining) return { status: 503, body: { status: 'draining', version } }
    try {
      await options.ready?.()
      return { body: { status: 'ready', version } }
    } catch (error) {
      const { message } = asJetwayError(error)
      return { status: 503, body: { status: 'not ready', version, reason: message } }
    }
  }

  return [
    ...['/health/liveliness', '/health/liveness', '/livez'].map((path) =>
      open(path, 'Whether the process lives', alive),
    ),
    ...['/health/readiness', '/readyz'].map((path) =>
      open(path, 'Whether calls may be sent here', ready),
    ),
    {
      method: 'GET',
      path: '/health',
      access: 'caller',
      summary: 'Which models can be reached; asks for the catalogue, not for an answer that costs',
      answer: async ({ caller, signal }) => ({
        body: await upstreamHealth(
          options.engine,
          caller ?? { kind: 'open', seat: OWN_SEAT },
          signal,
        ),
      }),
    },
  ]
}

function open(path: string, summary: string, answer: OwnRoute['answer']): OwnRoute {
  return { method: 'GET', path, access: 'anyone', summary, answer }
}

/** LiteLLM's form. */
async function upstreamHealth(
  engine: Engine,
  caller: Parameters<Engine['listModels']>[0],
  signal: AbortSignal,
): Promise<JsonObject> {
  try {
    const models = await engine.listModels(caller, signal)
    const healthy: JsonObject[] = []
    const unhealthy: JsonObject[] = []
    for (const { name, provider, problem } of models) {
      if (problem === undefined) healthy.push({ model: name, provider })
      else unhealthy.push({ model: name, provider, error: problem.message })
    }
    return {
      healthy_endpoints: healthy,
      unhealthy_endpoints: unhealthy,
      healthy_count: healthy.length,
      unhealthy_count: unhealthy.length,
    }
  } catch (error) {
    const { message } = asJetwayError(error)
    return {
      healthy_endpoints: [],
      unhealthy_endpoints: [{ model: '*', error: message }],
      healthy_count: 0,
      unhealthy_count: 1,
    }
  }
}
