/**
 * From what a day asks and what a call costs to what must stand ready, and what gives first.
 *
 * @import { Demand } from './simulate.mjs'
 * @import { Figures } from './figures.mjs'
 */

/** How full things are planned to be, and what they hold. Printed on the page. */
export const LIMITS = {
  /** Of a core: above it queues grow and latency with them. */
  busy: 0.6,
  /** Of three zones one may be away. */
  zones: 3,
  /** `jetway.max_concurrent_calls`, as it is when nobody sets it. */
  callsPerReplica: 1000,
  /** Of one replica's container. */
  memoryMb: 1024,
  /** Linux' `ip_local_port_range` as delivered: connections from one address to one address and port. */
  ports: 28_232,
  /** Seats that one process keeps at hand; the one used least recently goes. */
  seatsPerProcess: 5000,
  /** Connections that one replica opens to PostgreSQL, and that PostgreSQL allows as delivered (100 less 3 reserved). */
  poolPerReplica: 10,
  postgresConnections: 97,
  /** Of the one PostgreSQL that is planned with; Redis runs its commands on one. */
  postgresCores: 4,
  redisCores: 1,
}

/** CPU of the gateway in one second at the peak, in cores. @param {Demand} demand @param {Figures} figures */
export function gatewayCores({ callsPerSecond, largePerSecond, chunksPerSecond }, figures) {
  const { wholeCallCpuUs, largeCallCpuUs, chunkCpuUs } = figures.gateway
  const { extraCpuUsPerCall } = figures.stores
  const small = callsPerSecond.minute - largePerSecond.minute
  const us =
    small * wholeCallCpuUs +
    largePerSecond.minute * largeCallCpuUs +
    callsPerSecond.minute * extraCpuUsPerCall +
    chunksPerSecond.minute * chunkCpuUs
  return us / 1e6
}

/** @param {Demand} demand @param {Figures} figures @param {{ clientConnections: number }} assumptions */
export function sizeOf(demand, figures, { clientConnections }) {
  const { gateway, stores } = figures
  const cores = gatewayCores(demand, figures)
  const open = demand.openCalls.second
  const memoryMb = (open * gateway.streamKb) / 1000
  const needed = {
    cpu: Math.ceil(cores / LIMITS.busy),
    'open calls': Math.ceil(open / LIMITS.callsPerReplica),
    memory: Math.ceil(memoryMb / (LIMITS.memoryMb - gateway.idleMb)),
  }
  const atPeak = Math.max(...Object.values(needed))
  const replicas = Math.ceil((atPeak * LIMITS.zones) / (LIMITS.zones - 1))
  const calls = demand.callsPerSecond.minute
  return {
    cores,
    needed,
    atPeak,
    replicas,
    openPerReplica: open / replicas,
    memoryPerReplicaMb: gateway.idleMb + memoryMb / replicas,
    inboundConnections: Math.round(demand.openSessions.second * clientConnections),
    upstreamConnections: Math.round(open),
    activeSeats: Math.round(demand.activeSeats.second),
    redis: {
      commandsPerSecond: calls * stores.redisCommandsPerCall,
      cores: (calls * stores.redisCpuUsPerCall) / 1e6,
    },
    postgres: {
      rowsPerSecond: calls * stores.postgresRowsPerCall,
      cores: (calls * stores.postgresCpuUsPerCall) / 1e6,
      connections: replicas * LIMITS.poolPerReplica,
      gigabytesPerMonth: (demand.calls * 21 * stores.postgresBytesPerCall) / 1e9,
    },
  }
}

/**
 * Each thing that can be full, by the number of developers that fill it when everything else is there in plenty. The
 * smallest gives first. `of`: one replica, or the one database and the one Redis that all replicas share.
 *
 * @param {Demand} demand @param {Figures} figures @param {ReturnType<typeof sizeOf>} size
 */
export function whatGivesFirst(demand, figures, size) {
  const { developers } = demand
  const { gateway } = figures
  const open = demand.openCalls.second
  /** @param {number} needed @param {number} there */
  const reach = (needed, there) => Math.floor((developers * there) / needed)
  const developersPerReplica = developers / size.replicas
  const things = [
    { of: 'one replica', what: 'one core, at 60 %', developers: reach(size.cores, LIMITS.busy) },
    {
      of: 'one replica',
      what: `open calls, at the default of ${LIMITS.callsPerReplica}`,
      developers: reach(open, LIMITS.callsPerReplica),
    },
    {
      of: 'one replica',
      what: `memory, of ${LIMITS.memoryMb} MB`,
      developers: reach((open * gateway.streamKb) / 1000, LIMITS.memoryMb - gateway.idleMb),
    },
    {
      of: 'one replica',
      what: 'ports towards one upstream address',
      developers: reach(open, LIMITS.ports),
    },
    {
      of: 'one replica',
      what: `seats at hand, ${LIMITS.seatsPerProcess} (any call may come to any replica)`,
      developers: reach(demand.activeSeats.second, LIMITS.seatsPerProcess),
    },
    {
      of: 'the cluster',
      what: `PostgreSQL’s connections, ${LIMITS.postgresConnections} as delivered`,
      developers: Math.floor(
        (LIMITS.postgresConnections / LIMITS.poolPerReplica) * developersPerReplica,
      ),
    },
    {
      of: 'the cluster',
      what: `PostgreSQL’s CPU, ${LIMITS.postgresCores} cores at 60 %`,
      developers: reach(size.postgres.cores, LIMITS.postgresCores * LIMITS.busy),
    },
    {
      of: 'the cluster',
      what: 'Redis, one core at 60 %',
      developers: reach(size.redis.cores, LIMITS.redisCores * LIMITS.busy),
    },
  ]
  return things.sort((a, b) => a.developers - b.developers)
}
