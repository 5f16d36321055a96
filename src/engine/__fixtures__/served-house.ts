import { afterAll, afterEach } from 'vitest'
import type { JsonObject } from '../../core/json.ts'
import type { CallRecord } from '../../core/ledger.ts'
import { createTransport } from '../../transport/transport.ts'
import type { Transport } from '../../transport/transport.ts'
import { RecordingSink } from './recording-sink.ts'
import { json, startServer } from './scripted-server.ts'
import type { Reply, ScriptedServer } from './scripted-server.ts'
import { testCall, testHouse } from './test-house.ts'
import type { TestHouse } from './test-house.ts'
import { createTinyUpstream, tinyModel } from './tiny-upstream.ts'
import type { TinyUpstream, TinyUpstreamOptions } from './tiny-upstream.ts'

type HouseOptions = NonNullable<Parameters<typeof testHouse>[1]>

export interface ServedHouse extends TestHouse {
  readonly server: ScriptedServer
  readonly upstream: TinyUpstream
  /** The same house, to change its settings. */
  readonly house: TestHouse
}

export interface Houses {
  readonly transport: Transport
  readonly serve: (...replies: readonly Reply[]) => Promise<ScriptedServer>
  /** One upstream `tiny` with the models `one` and `two` in front of a server that answers as told. */
  readonly house: (
    replies: readonly Reply[],
    options?: HouseOptions & { readonly upstream?: Partial<TinyUpstreamOptions> },
  ) => Promise<ServedHouse>
}

/** Houses over real sockets for one file of tests, which are taken down after each. */
export function useHouses(): Houses {
  const transport = createTransport()
  const servers: ScriptedServer[] = []
  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.close()))
  })
  afterAll(() => transport.destroy())

  const serve = async (...replies: readonly Reply[]): Promise<ScriptedServer> => {
    const server = await startServer(...replies)
    servers.push(server)
    return server
  }
  return {
    transport,
    serve,
    async house(replies, options = {}) {
      const server = await serve(...replies)
      const upstream = createTinyUpstream({
        provider: 'tiny',
        origin: server.origin,
        models: [tinyModel('one'), tinyModel('two')],
        ...options.upstream,
      })
      const made = testHouse([upstream], {
        transport,
        // No test waits for a back-off.
        random: () => 0,
        ...options,
      })
      return { server, upstream, ...made, house: made }
    },
  }
}

export const whole = { model: 'one', prompt: 'hi' }
export const streamed = { ...whole, stream: true }
export const good = json(200, { say: 'hello', tokens: 3 })
export const down = json(503, { error: 'down' })

export async function ask(
  engine: TestHouse['engine'],
  body: JsonObject,
  changes: Parameters<typeof testCall>[1] = {},
): Promise<{ readonly sink: RecordingSink; readonly record: CallRecord }> {
  const sink = new RecordingSink()
  const record = await engine.run(testCall(body, changes), sink)
  return { sink, record }
}
