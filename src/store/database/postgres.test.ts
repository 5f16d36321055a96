import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { Kysely, sql } from 'kysely'
import { afterAll, describe, expect, test } from 'vitest'
import { startPostgres } from '../testing/postgres-server.ts'
import { openPostgres } from './postgres.ts'

const postgres = await startPostgres()
afterAll(() => postgres?.stop())

/** A wire to the server that can be cut or fall silent. */
async function openWire(url: string) {
  const sockets = new Set<Socket>()
  let silent = false
  const server = createServer((client) => {
    const upstream = connect(Number(new URL(url).port), '127.0.0.1')
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', () => {})
    }
    client.on('data', (data) => {
      if (!silent) upstream.write(data)
    })
    upstream.on('data', (data) => {
      if (!silent) client.write(data)
    })
    client.on('close', () => upstream.destroy())
    upstream.on('close', () => client.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = new URL(url)
  address.port = String((server.address() as AddressInfo).port)
  return {
    url: address.href,
    cut: () => {
      for (const socket of sockets) socket.resetAndDestroy()
    },
    silence: (value: boolean) => {
      silent = value
    },
    close: () => {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}

describe.runIf(postgres)('a PostgreSQL server behind a bad network', () => {
  const serverUrl = postgres?.url ?? ''

  test('a connection that breaks within a transaction fails that, and not the process', async () => {
    const wire = await openWire(serverUrl)
    const database = new Kysely<object>({ dialect: await openPostgres(wire.url) })
    const transaction = database.transaction().execute(async (inside) => {
      await sql`select 1`.execute(inside)
      wire.cut()
      // Until the socket has told: between two queries nobody of the pool listens.
      await new Promise((resolve) => setTimeout(resolve, 50))
      await sql`select 2`.execute(inside)
    })
    await expect(transaction).rejects.toThrow(/connection/i)
    await expect(sql`select 3 as three`.execute(database)).resolves.toMatchObject({
      rows: [{ three: 3 }],
    })
    await database.destroy()
    wire.close()
  })

  test('connections that fell silent are not used again', async () => {
    const wire = await openWire(serverUrl)
    const database = new Kysely<object>({ dialect: await openPostgres(wire.url, 200) })
    const ask = () => sql`select 1 as one`.execute(database)
    const inTen = () => Promise.allSettled(Array.from({ length: 10 }, ask))
    await inTen()
    wire.silence(true)
    const silent = await inTen()
    expect(silent.every(({ status }) => status === 'rejected')).toBe(true)
    wire.silence(false)
    const after = await inTen()
    expect(after.every(({ status }) => status === 'fulfilled')).toBe(true)
    await database.destroy()
    wire.close()
  })

  test('a query that the server refuses costs no connection', async () => {
    const wire = await openWire(serverUrl)
    const database = new Kysely<object>({ dialect: await openPostgres(wire.url) })
    const processId = async () =>
      (await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(database)).rows[0]?.pid
    const before = await processId()
    await expect(sql`select nothing from nowhere`.execute(database)).rejects.toThrow('nowhere')
    expect(await processId()).toBe(before)
    await database.destroy()
    wire.close()
  })
})
