/**
 * What a network does between the client and the gateway, and between the gateway and GitHub.
 *
 * @import { Phase } from './phase.mjs'
 * @import { TcpFault, TcpProxy } from './tcp-proxy.mjs'
 * @import { House } from '../house.mjs'
 */
import { CLIENT, NOTHING, UPSTREAM, UPSTREAM_DAMAGED, either } from './allowed.mjs'
import { alternating } from './phase.mjs'

/** Wherever in an answer: in its head, in its first events, far behind. */
const ANYWHERE = /** @type {const} */ ([0, 3_000])
/** Wherever in a request. */
const IN_REQUEST = /** @type {const} */ ([0, 500])

/** @type {readonly (readonly [string, TcpFault])[]} */
const DOWN = [
  ['reset', { kind: 'reset', share: 0.2, after: ANYWHERE }],
  ['stalled', { kind: 'stall', share: 0.1, after: ANYWHERE }],
  ['slow', { kind: 'slow', share: 0.3, bytes: 3_000, everyMs: 4 }],
  ['half-written', { kind: 'half', share: 0.2, after: ANYWHERE }],
  ['garbled', { kind: 'garble', share: 0.2, after: ANYWHERE }],
]
/** @type {readonly (readonly [string, TcpFault])[]} */
const UP = [
  ['request reset', { kind: 'reset', share: 0.2, direction: 'up', after: IN_REQUEST }],
  ['request stalled', { kind: 'stall', share: 0.1, direction: 'up', after: IN_REQUEST }],
  ['request slow', { kind: 'slow', share: 0.3, direction: 'up', bytes: 120, everyMs: 4 }],
  ['request half-written', { kind: 'half', share: 0.2, direction: 'up', after: IN_REQUEST }],
  ['request garbled', { kind: 'garble', share: 0.2, direction: 'up', after: IN_REQUEST }],
]

/** How long a client of ours waits for a network that has gone silent. */
const PATIENCE_MS = 2_500

/** @returns {readonly Phase[]} */
export function networkPhases() {
  return [
    refusing('client–gateway', (house) => house.fronts, CLIENT),
    ...[...DOWN, ...UP].map(([name, fault]) =>
      broken('client–gateway', name, fault, (house) => house.fronts, {
        allowed: allowedAtClient(fault),
        ...(fault.kind === 'stall' ? { abortAfterMs: PATIENCE_MS } : {}),
      }),
    ),
    refusing('gateway–upstream', (house) => [house.upstreamProxy], UPSTREAM),
    ...[...DOWN, ...UP].map(([name, fault]) =>
      broken('gateway–upstream', name, fault, (house) => [house.upstreamProxy], {
        allowed: allowedAtUpstream(fault),
      }),
    ),
    {
      name: 'DNS failure',
      hop: 'gateway–upstream',
      allowed: UPSTREAM,
      models: ['dns-only'],
      weight: 0.3,
      begin: () => Promise.resolve(),
      end: () => Promise.resolve(),
    },
    {
      name: 'DNS failure of one of two',
      hop: 'gateway–upstream',
      allowed: NOTHING,
      models: ['dns-group'],
      begin: () => Promise.resolve(),
      end: () => Promise.resolve(),
    },
  ]
}

/** A request that arrives broken is refused as what it looks like. */
const REFUSED_AS_READ = [400, 401, 404, 405, 408]

/** @param {TcpFault} fault @returns {Phase['allowed']} */
function allowedAtClient({ kind, direction }) {
  const mangled = kind === 'garble' || (kind === 'half' && direction === 'up')
  return {
    broken: kind !== 'slow',
    damaged: mangled,
    abort: kind === 'stall',
    statuses: mangled && direction === 'up' ? REFUSED_AS_READ : [],
  }
}

/** @param {TcpFault} fault @returns {Phase['allowed']} */
function allowedAtUpstream({ kind, direction }) {
  if (kind === 'slow') return NOTHING
  if (direction === 'up') return either(UPSTREAM, { statuses: REFUSED_AS_READ })
  return kind === 'garble' ? UPSTREAM_DAMAGED : UPSTREAM
}

/**
 * @param {string} hop @param {string} name @param {TcpFault} fault @param {(house: House) => readonly TcpProxy[]} proxies
 * @param {Pick<Phase, 'allowed' | 'abortAfterMs'>} more
 * @returns {Phase}
 */
export function broken(hop, name, fault, proxies, more) {
  const set = (/** @type {House} */ house, /** @type {TcpFault | undefined} */ value) =>
    Promise.all(proxies(house).map((proxy) => proxy.set(value))).then(() => {})
  return {
    ...more,
    name,
    hop,
    met: (house) => proxies(house).reduce((sum, { hits }) => sum + hits, 0),
    begin: (house) => set(house, fault),
    end: (house) => set(house, undefined),
  }
}

/** @param {string} hop @param {(house: House) => readonly TcpProxy[]} proxies @param {Phase['allowed']} allowed @returns {Phase} */
export function refusing(hop, proxies, allowed) {
  const set = (/** @type {House} */ house, /** @type {TcpFault | undefined} */ value) =>
    Promise.all(proxies(house).map((proxy) => proxy.set(value))).then(() => {})
  return {
    name: 'refused',
    hop,
    allowed,
    ...alternating(
      { onMs: 300, offMs: 500 },
      (house) => set(house, { kind: 'refuse' }),
      (house) => set(house, undefined),
    ),
  }
}
