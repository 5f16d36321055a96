/**
 * A client without an SDK: fast, and strict where SDKs are kind.
 *
 * @import { Outcome, CallPlan } from '../types.mjs'
 */
import { Agent, request } from 'undici'
import { createStreamReader } from './stream-reader.mjs'
import { WIRE_FORMS } from './wires.mjs'

/** @param {{ readonly timeoutMs: number }} options */
export function createRawClient({ timeoutMs }) {
  const dispatcher = new Agent({ keepAliveTimeout: 4_000, connect: { timeout: timeoutMs } })
  return {
    /** @param {string} origin @param {CallPlan} plan @param {AbortSignal} signal @returns {Promise<Outcome>} */
    async call(origin, plan, signal) {
      const form = WIRE_FORMS[plan.wire]
      const abandoned = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)])
      const response = await request(origin + form.path(plan.model, plan.stream), {
        dispatcher,
        method: 'POST',
        headers: {
          authorization: `Bearer ${plan.key}`,
          'content-type': 'application/json',
          'x-request-id': plan.id,
        },
        body: JSON.stringify(form.body(plan.model, plan.prompt, plan.stream)),
        headersTimeout: timeoutMs,
        bodyTimeout: timeoutMs,
        signal: abandoned,
      })
      const { statusCode: status, headers } = response
      const requestId = headers['x-request-id']
      if (status !== 200 || !plan.stream) {
        return {
          ...readWhole(form, status, await response.body.text()),
          status,
          requestId,
          headers,
        }
      }
      const reader = createStreamReader(form)
      response.body.setEncoding('utf8')
      for await (const piece of response.body) {
        reader.push(piece)
        if (plan.abortAfterEvents !== undefined && reader.events >= plan.abortAfterEvents)
          plan.abort()
      }
      const { text, ended, error, problem, damaged } = reader.finish()
      if (problem !== undefined) return { kind: 'wrong', problem, status, requestId }
      if (damaged && !ended)
        return { kind: 'damaged', problem: 'broken JSON in a stream', status, requestId }
      if (!ended)
        return { kind: 'wrong', problem: 'a clean end without a terminal event', status, requestId }
      if (error !== undefined) return { ...readError(form, error, 200), status, requestId }
      if (damaged) return { kind: 'damaged', problem: 'broken JSON in a stream', status, requestId }
      return { kind: 'answer', text, status, requestId }
    },
    close: () => dispatcher.destroy(),
  }
}

/** @param {import('./wires.mjs').WireForm} form @param {number} status @param {string} body @returns {Outcome} */
function readWhole(form, status, body) {
  /** @type {any} */
  let value
  try {
    value = JSON.parse(body)
  } catch {
    return { kind: 'damaged', problem: `status ${status} with a body that is no JSON` }
  }
  if (status !== 200) return readError(form, value, status)
  const text = form.whole(value)
  if (text === undefined) return { kind: 'wrong', problem: 'an answer that is not complete' }
  return { kind: 'answer', text }
}

/** @param {import('./wires.mjs').WireForm} form @param {any} value @param {number} status @returns {Outcome} */
function readError(form, value, status) {
  // What is no HTTP has no path either, so nothing says whose form its refusal should have.
  if (value.error?.code === 'bad_http')
    return { kind: 'error', code: 'bad_http', message: value.error.message }
  const problem = form.faultOfError(value, status)
  if (problem !== undefined) return { kind: 'wrong', problem }
  const detail = typeof value.error === 'object' ? value.error : {}
  const message = typeof value.error === 'string' ? value.error : detail.message
  return { kind: 'error', code: String(detail.code ?? detail.type ?? ''), message }
}
