/**
 * What GitHub and Copilot do: refusals in waves, answers that break off, tokens that end, clocks that jump.
 *
 * @import { Phase } from './phase.mjs'
 * @import { House } from '../house.mjs'
 */
import { NOTHING, UPSTREAM, UPSTREAM_DAMAGED, either } from './allowed.mjs'
import { alternating, repeating } from './phase.mjs'

const ROUTES = ['chat', 'responses', 'messages']

/** A token that is refused is renewed ten times a minute at most, so tokens end more slowly than that over all phases. */
const TOKEN_MS = 4_000

/** So many calls of each wire are hit, again and again. @param {object} fault @param {number} [times] @param {number} [everyMs] */
function wave(fault, times = 4, everyMs = 150, on = {}) {
  return repeating(
    everyMs,
    (house) =>
      Promise.all(
        ROUTES.map((route) =>
          house.emulator.control('faults/add', { on: { route, ...on }, times, do: fault }),
        ),
      ),
    (house) => house.emulator.control('faults/clear'),
  )
}

/** @param {string} name @param {string} error @param {Phase['allowed']} allowed @param {object} [more] @returns {Phase} */
const refusal = (name, error, allowed, more = {}) => ({
  name,
  hop: 'upstream',
  allowed,
  ...wave({ kind: 'error', name: error, ...more }),
})

/** @param {string} name @param {object} fault @param {Phase['allowed']} [allowed] @returns {Phase} */
const inStream = (name, fault, allowed = UPSTREAM) => ({
  name,
  hop: 'upstream',
  allowed,
  ...wave(fault, 4, 150, { stream: true }),
})

/** @returns {readonly Phase[]} */
export function upstreamPhases() {
  return [
    {
      name: 'tokens end early',
      hop: 'upstream',
      allowed: NOTHING,
      ...repeating(TOKEN_MS, (house) => house.emulator.control('tokens/expireAll')),
    },
    {
      name: 'sign-in service down',
      hop: 'gateway–GitHub',
      // Without a fresh token there is nothing to call with.
      allowed: either(UPSTREAM, { statuses: [401, 403] }),
      ...alternating(
        { onMs: 400, offMs: TOKEN_MS },
        async (house) => {
          await house.emulator.control('faults/add', {
            on: { route: 'exchange' },
            do: { kind: 'error', name: 'service_unavailable' },
          })
          await house.emulator.control('tokens/expireAll')
        },
        (house) => house.emulator.control('faults/clear'),
      ),
    },
    {
      name: 'sign-in service silent',
      hop: 'gateway–GitHub',
      allowed: either(UPSTREAM, { statuses: [401, 403] }),
      ...alternating(
        { onMs: 400, offMs: TOKEN_MS },
        async (house) => {
          await house.emulator.control('faults/add', {
            on: { route: 'exchange' },
            do: { kind: 'stall' },
          })
          await house.emulator.control('tokens/expireAll')
        },
        (house) => house.emulator.control('faults/clear'),
      ),
    },
    refusal('429 wave', 'rate_limited', { statuses: [429] }, { retryAfter: 1 }),
    refusal('429 of one model', 'user_model_rate_limited', { statuses: [429] }, { retryAfter: 1 }),
    refusal('model overloaded', 'model_overloaded', { statuses: [429, 503, 529] }),
    refusal('500 burst', 'internal_error', UPSTREAM),
    refusal('502 burst', 'bad_gateway', UPSTREAM),
    refusal('503 burst', 'service_unavailable_html', UPSTREAM),
    refusal('504 burst', 'gateway_timeout', UPSTREAM),
    refusal('529 burst', 'overloaded', UPSTREAM),
    refusal('421', 'misdirected', { statuses: [403, 421] }),
    refusal('466', 'outdated', { statuses: [400, 466, 502] }),
    refusal('402', 'quota_exceeded', { statuses: [402, 429] }),
    refusal('content filter', 'content_filter', { statuses: [400, 422] }),
    {
      name: 'reset before the head',
      hop: 'upstream',
      allowed: UPSTREAM,
      ...wave({ kind: 'reset', after: 'nothing' }),
    },
    {
      name: 'reset after the head',
      hop: 'upstream',
      allowed: UPSTREAM,
      ...wave({ kind: 'reset', after: 'head' }),
    },
    {
      name: 'silent before the head',
      hop: 'upstream',
      allowed: UPSTREAM,
      ...wave({ kind: 'stall' }, 1, 200),
    },
    inStream('cut stream', { kind: 'cut', after: 3 }),
    inStream('reset in a stream', { kind: 'reset', after: 4 }),
    inStream('stalled stream', { kind: 'stall', after: 4 }),
    inStream('garbled stream', { kind: 'garble', after: 2 }, UPSTREAM_DAMAGED),
    inStream(
      'error in a stream',
      { kind: 'stream-error', after: 3 },
      either(UPSTREAM, { statuses: [429, 400] }),
    ),
    inStream(
      'response.failed',
      { kind: 'stream-error', after: 3, as: 'failed' },
      either(UPSTREAM, { statuses: [429, 400] }),
    ),
    inStream('dripping stream', { kind: 'drip', bytes: 2_000, everyMs: 3 }, NOTHING),
    {
      name: 'GitHub’s clock jumps',
      hop: 'clocks',
      allowed: NOTHING,
      ...alternating(
        { onMs: TOKEN_MS, offMs: TOKEN_MS },
        (house) => house.emulator.control('clock/shift', { seconds: 5_400 }),
        (house) => house.emulator.control('clock/shift', { seconds: -5_400 }),
      ),
    },
    {
      name: 'GitHub’s clock is behind',
      hop: 'clocks',
      allowed: NOTHING,
      ...alternating(
        { onMs: TOKEN_MS, offMs: TOKEN_MS },
        (house) => house.emulator.control('clock/shift', { seconds: -5_400 }),
        (house) => house.emulator.control('clock/shift', { seconds: 5_400 }),
      ),
    },
    clockJump('the gateway’s clock jumps ahead', 86_400_000),
    clockJump('the gateway’s clock jumps back', -86_400_000),
    {
      // Last: after ten renewals in a minute the gateway spares GitHub for the rest of it, and says so with `retry-after`.
      name: '401 storm',
      hop: 'upstream',
      allowed: { statuses: [401] },
      recoveryMs: 75_000,
      ...repeating(
        120,
        async (house) => {
          await house.emulator.control('tokens/expireAll')
          await house.emulator.control('faults/add', {
            on: { route: 'chat' },
            times: 3,
            do: { kind: 'error', name: 'token_expired' },
          })
        },
        (house) => house.emulator.control('faults/clear'),
      ),
      // Until all ten are used up.
      leastMs: 5_000,
    },
  ]
}

/** @param {string} name @param {number} shiftMs @returns {Phase} */
function clockJump(name, shiftMs) {
  const set = (/** @type {House} */ house, /** @type {number} */ ms) =>
    Promise.all(house.gateways.map((gateway) => gateway.process.shiftClock(ms)))
  return {
    name,
    hop: 'clocks',
    allowed: NOTHING,
    ...alternating(
      { onMs: 700, offMs: 700 },
      (house) => set(house, shiftMs),
      (house) => set(house, 0),
    ),
  }
}
