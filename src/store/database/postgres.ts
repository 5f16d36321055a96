import { Socket } from 'node:net'
import { PostgresDialect, type Dialect, type PostgresPool, type PostgresPoolClient } from 'kysely'
import type { Pool, PoolClient } from 'pg'
import { PostgresSocket } from './postgres-socket.ts'

/**
 * A server that takes a query and never answers must not hold its callers for ever. Migrations and exports are bounded by
 * this too: each of their statements is.
 */
const QUERY_TIMEOUT_MS = 15_000

/** PostgreSQL through `pg`, an optional peer: whoever sets `DATABASE_URL` installs it. */
export async function openPostgres(
  url: string,
  queryTimeoutMs = QUERY_TIMEOUT_MS,
): Promise<Dialect> {
  const { default: pg } = await import('pg').catch((cause: unknown) => {
    throw new Error('DATABASE_URL names PostgreSQL: install the package `pg` beside jetway', {
      cause,
    })
  })
  // 64-bit integers come as text by default, since JavaScript's are exact to 2^53 only. Times, counts and the cost of
  // one call fit; sums of money are cast to text in the queries and read as BigInt.
  const types = new pg.TypeOverrides()
  types.setTypeParser(pg.types.builtins.INT8, Number)
  const pool = new pg.Pool({
    connectionString: url,
    max: 10,
    connectionTimeoutMillis: 5000,
    idleTimeoutMillis: 60_000,
    query_timeout: queryTimeoutMs,
    keepAlive: true,
    types,
    stream: openSocket as () => Socket,
  })
  // An idle connection that breaks is replaced by the pool; without a listener it would end the process. So would one that
  // breaks while it is lent, between two queries of a transaction: then the pool listens no more.
  pool.on('error', () => {})
  pool.on('connect', (client) => {
    client.on('error', () => {})
  })
  return new PostgresDialect({ pool: withoutDeadConnections(pool) })
}

/** TLS keeps strange bytes away by itself, and what passes the socket then is not PostgreSQL's. */
const openSocket = ({ ssl }: { readonly ssl?: unknown }): Socket =>
  ssl ? new Socket() : new PostgresSocket()

/**
 * `pg` gives a connection back to the pool although its query has timed out: the next queries would wait behind one that
 * never ends, and ten such connections would be the end of the pool. Only after what the server itself says is one good. Where
 * one broke, the others probably went the same way: those that nothing was heard of since are not waited for one by one.
 */
function withoutDeadConnections(pool: Pool): PostgresPool {
  const heardAt = new WeakMap<PoolClient, number>()
  let brokenAt = -Infinity
  pool.on('connect', (client) => {
    heardAt.set(client, performance.now())
  })

  const connect = async (): Promise<PoolClient> => {
    for (;;) {
      const client = await pool.connect()
      if ((heardAt.get(client) ?? 0) >= brokenAt) return client
      client.release(true)
    }
  }

  return {
    end: () => pool.end(),
    async connect() {
      const client = await connect()
      let broken = false
      const query = async (text: string, parameters: readonly unknown[]) => {
        try {
          const result = await client.query(text, [...parameters])
          heardAt.set(client, performance.now())
          return result
        } catch (error) {
          if (!(error instanceof Error && 'severity' in error && error.severity)) {
            broken = true
            brokenAt = performance.now()
          }
          throw error
        }
      }
      // Kysely's type also asks for cursors, which it uses only when it is given a class of them.
      return {
        query: query as unknown as PostgresPoolClient['query'],
        release: () => {
          client.release(broken)
        },
      }
    },
  }
}
