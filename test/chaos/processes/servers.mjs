/**
 * Redis and PostgreSQL of this machine's packages, started by the code that the store's own tests use.
 */
import { build } from 'esbuild'
import { mkdirSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))

/** @typedef {{ readonly url: string, stop(): Promise<void>, kill(): Promise<void>, start(): Promise<void> }} Server */

/** Both, or why not. @returns {Promise<{ redis: Server, postgres: Server } | { missing: string }>} */
export async function startServers() {
  const folder = `${ROOT}.cache/chaos`
  mkdirSync(folder, { recursive: true })
  const contents = `export * from './redis-server.ts'\nexport * from './postgres-server.ts'`
  await build({
    stdin: { contents, resolveDir: `${ROOT}src/store/testing`, loader: 'ts' },
    outfile: `${folder}/servers.mjs`,
    bundle: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    logLevel: 'error',
  })
  const { startRedis, startPostgres } = await import(pathToFileURL(`${folder}/servers.mjs`).href)
  /** @type {Server | undefined} */
  const redis = await startRedis()
  if (!redis) return { missing: 'Redis is not installed (apt-get install redis-server)' }
  /** @type {Server | undefined} */
  const postgres = await startPostgres()
  if (!postgres) {
    await redis.stop()
    return { missing: 'PostgreSQL is not installed (apt-get install postgresql)' }
  }
  return { redis, postgres }
}
