/**
 * @import { CallResult, Verdict } from '../types.mjs'
 * @import { Phase } from '../faults/phase.mjs'
 */
import { LIMITS } from '../house.mjs'

/** A code's words, for dialects whose errors have no room for the code. @type {Record<string, RegExp>} */
const TEXTS = {
  store_unavailable: /the store does not answer/,
  timeout: /took longer than its timeout/,
  no_deployment_available: /no deployment of .* is available/,
}

const NONCE = /\bn[0-9a-z]+x\d+q\b/g

/**
 * Whether a call ended as it may while the fault of this phase was on.
 *
 * @param {CallResult} result @param {Phase} phase @returns {{ verdict: Verdict, why: string }}
 */
export function judge({ plan, outcome, ms }, phase) {
  const { allowed } = phase
  if (outcome.kind === 'answer') {
    if (outcome.text === plan.expected) {
      if (outcome.requestId !== undefined && outcome.requestId !== plan.id) {
        return wrong(`the answer bears the request id ${String(outcome.requestId)}`)
      }
      return inTime(ms, 'ok')
    }
    const strangers = (outcome.text?.match(NONCE) ?? []).filter((nonce) => nonce !== plan.id)
    if (strangers.length > 0) return wrong(`ANOTHER CALLER’S ANSWER: ${strangers[0]}`)
    return wrong(`not the answer: ${firstDifference(outcome.text ?? '', plan.expected)}`)
  }
  const { status = 0, code = '', message = '', problem = '' } = outcome
  switch (outcome.kind) {
    case 'error': {
      if (/defect of the gateway/.test(message)) {
        return wrong(`a defect of the gateway: ${status} ${code} ${message}`)
      }
      if ((message.match(NONCE) ?? []).some((nonce) => nonce !== plan.id)) {
        return wrong(`ANOTHER CALLER’S ANSWER in an error: ${message}`)
      }
      const right =
        status === 200
          ? allowed.inStream === true
          : allowed.statuses?.includes(status) ||
            allowed.codes?.some((known) => code === known || TEXTS[known]?.test(message))
      return right ? inTime(ms, 'error') : wrong(`${status} ${code}: ${message}`)
    }
    case 'broken':
      return allowed.broken ? inTime(ms, 'error') : wrong(`the connection broke: ${problem}`)
    case 'damaged':
      return allowed.damaged ? inTime(ms, 'error') : wrong(`${problem} (${status})`)
    case 'aborted':
      return allowed.abort ? { verdict: 'aborted', why: '' } : wrong('aborted')
    case 'hung':
      return { verdict: 'late', why: problem }
    default:
      return wrong(`${problem} (${status})`)
  }
}

/** @param {string} why @returns {{ verdict: Verdict, why: string }} */
function wrong(why) {
  return { verdict: 'wrong', why: why.slice(0, 300) }
}

/** @param {number} ms @param {Verdict} verdict @returns {{ verdict: Verdict, why: string }} */
function inTime(ms, verdict) {
  if (ms <= LIMITS.call + LIMITS.slack) return { verdict, why: '' }
  return { verdict: 'late', why: `ended after ${Math.round(ms)} ms` }
}

/** @param {string} seen @param {string} expected */
function firstDifference(seen, expected) {
  let at = 0
  while (at < seen.length && seen[at] === expected[at]) at++
  return `differs at ${at} of ${expected.length}: ${JSON.stringify(seen.slice(at, at + 60))}`
}
