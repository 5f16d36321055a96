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
  const frozen = new Set<Socket>()
  let silent = false
  let garble: ((data: Buffer) => Buffer) | undefined
  const server = createServer((client) => {
    const upstream = connect(Number(new URL(url).port), '127.0.0.1')
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', () => {})
    }
    client.on('data', (data) => {
      if (!silent && !frozen.has(client)) upstream.write(data)
    })
    upstream.on('data', (data) => {
      if (!silent) client.write(garble?.(data) ?? data)
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
    /** Those open now never say anything again; new ones do. */
    freeze: () => {
      for (const socket of sockets) frozen.add(socket)
    },
    garble: (change: typeof garble) => {
      garble = change
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

  test.each([
    ['a type that does not exist', (data: Buffer) => Buffer.concat([Buffer.from([1, 2, 3]), data])],
    ['a message shorter than its own head', () => Buffer.from('D\0\0\0\x01')],
    ['a row that claims a hundred fields', () => Buffer.from('D\0\0\0\x06\0d')],
    ['a row that claims less than none', () => Buffer.from('D\0\0\0\x06\xff\xff', 'latin1')],
    ['a way to sign in that does not exist', () => Buffer.from('R\0\0\0\x08\0\0\0\x63')],
    ['an error message without its end', () => Buffer.from('E\0\0\0\x07SE\0')],
    ['a message of gigabytes', () => Buffer.from('D\x7f\xff\xff\xff', 'latin1')],
    ['a second answer', (data: Buffer) => Buffer.concat([data, data])],
  ])('%s costs the query, and not the process', async (_, change) => {
    const wire = await openWire(serverUrl)
    const database = new Kysely<object>({ dialect: await openPostgres(wire.url, 500) })
    const ask = () => sql<{ one: number }>`select 1 as one`.execute(database)
    await ask()
    wire.garble(change)
    const [first] = await Promise.allSettled([ask()])
    wire.garble(undefined)
    if (_ !== 'a second answer') expect(first?.status).toBe('rejected')
    const after = await Promise.allSettled(Array.from({ length: 4 }, ask))
    // One query may still be given the connection whose end nobody has heard of yet.
    const answers = after.filter(({ status }) => status === 'fulfilled')
    expect(answers.length).toBeGreaterThanOrEqual(3)
    expect((await ask()).rows).toEqual([{ one: 1 }])
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

  test('when one has fallen silent, the others are not tried one by one', async () => {
    const wire = await openWire(serverUrl)
    const database = new Kysely<object>({ dialect: await openPostgres(wire.url, 300) })
    const ask = () => sql`select 1 as one`.execute(database)
    await Promise.all(Array.from({ length: 6 }, ask))
    wire.freeze()
    await expect(ask()).rejects.toThrow(/timeout/i)
    await expect(ask()).resolves.toMatchObject({ rows: [{ one: 1 }] })
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
