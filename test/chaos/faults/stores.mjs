/**
 * What happens between the gateway and the stores that replicas share. Calls go on without them; those with a virtual
 * key may be refused while nobody can look the key up, or count.
 *
 * @import { Allowed } from './allowed.mjs'
 * @import { Phase } from './phase.mjs'
 * @import { House } from '../house.mjs'
 * @import { TcpFault } from './tcp-proxy.mjs'
 * @import { Server } from '../processes/servers.mjs'
 */
import { NOTHING } from './allowed.mjs'
import { broken, refusing } from './network.mjs'
import { alternating } from './phase.mjs'

/** @type {readonly (readonly [string, TcpFault])[]} */
const FAULTS = [
  ['reset', { kind: 'reset', share: 0.25, after: [0, 200] }],
  ['stalled', { kind: 'stall', share: 0.1, after: [0, 200] }],
  ['slow', { kind: 'slow', share: 0.3, bytes: 60, everyMs: 2 }],
  ['half-written', { kind: 'half', share: 0.25, after: [0, 200] }],
  ['garbled', { kind: 'garble', share: 0.25, after: [0, 200] }],
  ['request stalled', { kind: 'stall', share: 0.1, direction: 'up', after: [0, 200] }],
  ['request slow', { kind: 'slow', share: 0.3, direction: 'up', bytes: 60, everyMs: 2 }],
  ['request garbled', { kind: 'garble', share: 0.25, direction: 'up', after: [0, 200] }],
  ['request half-written', { kind: 'half', share: 0.25, direction: 'up', after: [0, 200] }],
  ['request reset', { kind: 'reset', share: 0.25, direction: 'up', after: [0, 200] }],
]

/** Whose keys cannot be looked up is told to come again. @type {Allowed} */
const WITHOUT_DATABASE = { statuses: [503], codes: ['timeout', 'timeout_error', '504'] }

/** @param {{ redis: Server, postgres: Server }} servers @returns {readonly Phase[]} */
export function storePhases({ redis, postgres }) {
  return [
    ...hop('gateway–Redis', 'redis', redis, NOTHING),
    ...hop('gateway–Postgres', 'postgres', postgres, WITHOUT_DATABASE),
  ]
}

/** @param {string} title @param {string} name @param {Server} server @param {Allowed} allowed @returns {Phase[]} */
function hop(title, name, server, allowed) {
  const proxies = (/** @type {House} */ house) => {
    const proxy = house.proxies[name]
    return proxy === undefined ? [] : [proxy]
  }
  return [
    refusing(title, proxies, allowed),
    ...FAULTS.map(([fault, how]) => {
      const phase = broken(title, fault, how, proxies, { allowed })
      // A connection that fell silent is known by a query that has waited for its whole time.
      phase.recoveryMs = 45_000
      // Calls ask the stores seldom: what is known of keys, limits and money serves them meanwhile.
      phase.leastMs = 5_000
      return phase
    }),
    {
      name: 'stopped and back',
      hop: title,
      allowed,
      ...alternating(
        { onMs: 1_000, offMs: 3_000 },
        () => server.kill(),
        () => server.start(),
      ),
    },
  ]
}
