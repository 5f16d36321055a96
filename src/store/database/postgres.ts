import { PostgresDialect, type Dialect } from 'kysely'

/** PostgreSQL through `pg`, an optional peer: whoever sets `DATABASE_URL` installs it. */
export async function openPostgres(url: string): Promise<Dialect> {
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
    // A server that takes a query and never answers must not hold its callers for ever. Migrations and exports are bounded
    // by this too: each of their statements is.
    query_timeout: 15_000,
    keepAlive: true,
    types,
  })
  // An idle connection that breaks is replaced by the pool; without a listener it would end the process.
  pool.on('error', () => {})
  return new PostgresDialect({ pool })
}
