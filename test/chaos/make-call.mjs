/**
 * @import { CallPlan, CallResult, Outcome } from './types.mjs'
 */
import { createRawClient } from './clients/raw-client.mjs'
import { createSdkClients } from './clients/sdk-clients.mjs'
import { LIMITS } from './house.mjs'

export function createCallers() {
  const raw = createRawClient({ timeoutMs: LIMITS.client })
  const sdk = createSdkClients({ timeoutMs: LIMITS.client })
  return {
    /** One call, to its one end. @param {string} origin @param {CallPlan} plan @returns {Promise<CallResult>} */
    async call(origin, plan) {
      const startedAt = performance.now()
      const controller = new AbortController()
      plan.abort = () => controller.abort()
      const timer =
        plan.abortAfterMs === undefined ? undefined : setTimeout(plan.abort, plan.abortAfterMs)
      /** @type {Outcome} */
      let outcome
      try {
        outcome = await (plan.client === 'sdk' ? sdk : raw).call(origin, plan, controller.signal)
      } catch (error) {
        outcome = controller.signal.aborted ? { kind: 'aborted' } : readBreak(error)
      }
      clearTimeout(timer)
      const endedAt = performance.now()
      return { plan, outcome, ms: endedAt - startedAt, endedAt }
    },
    close: () => raw.close(),
  }
}

/** @typedef {ReturnType<typeof createCallers>} Callers */

/** @param {unknown} error @returns {Outcome} */
function readBreak(error) {
  const { name, code, message } = /** @type {Error & { code?: string }} */ (error)
  if (
    name === 'TimeoutError' ||
    code === 'UND_ERR_HEADERS_TIMEOUT' ||
    code === 'UND_ERR_BODY_TIMEOUT'
  ) {
    return { kind: 'hung', problem: 'no end within the client’s time' }
  }
  // What undici's parser cannot read, as far as its names tell.
  if (code?.startsWith('HPE_')) return { kind: 'damaged', problem: code }
  return { kind: 'broken', problem: `${code ?? name}: ${message}` }
}
