/** The little we need of Redis or Valkey. */
export interface RedisConnection {
  /** Rejects at once while the server is away: whoever asks decides what to do without it. */
  command(words: readonly string[]): Promise<unknown>
  /** Calls back for every message on the channel until unsubscribed; subscriptions are renewed after a reconnect. */
  subscribe(channel: string, onMessage: (message: string) => void): Promise<() => Promise<void>>
  readonly ready: boolean
  close(): Promise<void>
}

/** Through `@redis/client`, an optional peer: whoever sets `REDIS_URL` installs it. */
export async function openRedis(
  url: string,
  onFailure: (error: Error) => void = () => {},
  commandMs = COMMAND_MS,
): Promise<RedisConnection> {
  const { createClient } = await import('@redis/client').catch((cause: unknown) => {
    throw new Error('REDIS_URL is set: install the package `@redis/client` beside jetway', {
      cause,
    })
  })
  const create = () => {
    const client = createClient({
      url,
      // A call never waits in a queue for a server that is away.
      disableOfflineQueue: true,
      // Where nobody asks anything, this keeps `socketTimeout` away.
      pingInterval: SOCKET_MS / 3,
      socket: {
        connectTimeout: 2000,
        // Also for a connection that falls silent while it is being set up: nothing can be asked on it then.
        socketTimeout: SOCKET_MS,
        reconnectStrategy: (tries) => Math.min(50 * 2 ** tries, 2000),
      },
    })
    client.on('error', onFailure)
    return client
  }
  let client = create()
  let heardAt = -Infinity
  await firstTry(client.connect(), onFailure)

  /** The operating system would notice after many minutes; until then every try would cost its whole time. */
  const replace = (silent: typeof client): void => {
    if (silent !== client || !silent.isOpen) return
    client = create()
    // It goes on trying until it is destroyed, which is then its failure.
    client.connect().catch(() => {})
    silent.destroy()
  }

  const command = async (words: readonly string[]): Promise<unknown> => {
    const asked = client
    const askedAt = performance.now()
    try {
      const answer = await withinTime(asked.sendCommand([...words]), commandMs)
      heardAt = performance.now()
      return answer
    } catch (error) {
      if (!(error instanceof NoAnswer)) heardAt = performance.now()
      else if (heardAt < askedAt) replace(asked)
      throw error
    }
  }

  let subscriber: ReturnType<typeof create> | undefined
  let subscribing: Promise<unknown> | undefined

  return {
    command,
    async subscribe(channel, onMessage) {
      const open = (subscriber ??= create())
      subscribing ??= open.connect()
      // While the server is away this waits with the connection, and the caller does not.
      const subscribed = subscribing.then(() => open.subscribe(channel, onMessage))
      await firstTry(subscribed, onFailure)
      return () => open.unsubscribe(channel, onMessage)
    },
    get ready() {
      return client.isReady
    },
    async close() {
      client.destroy()
      subscriber?.destroy()
      await Promise.resolve()
    },
  }
}

const SOCKET_MS = 15_000

/** A server that took the command and does not answer is as good as away. */
const COMMAND_MS = 1000

function withinTime<Answer>(asked: Promise<Answer>, timeoutMs: number): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new NoAnswer(timeoutMs))
    }, timeoutMs)
    asked.then(resolve, reject).finally(() => {
      clearTimeout(timer)
    })
  })
}

class NoAnswer extends Error {
  constructor(timeoutMs: number) {
    super(`Redis did not answer within ${timeoutMs} ms`)
  }
}

const FIRST_TRY_MS = 2000

/** A server that is away when we start is waited for only so long; the client goes on trying by itself. */
async function firstTry(
  connected: Promise<unknown>,
  onFailure: (error: Error) => void,
): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const tooLong = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, FIRST_TRY_MS)
  })
  const tried = connected.then(
    () => undefined,
    (error: unknown) => {
      onFailure(error instanceof Error ? error : new Error('Redis cannot be reached'))
    },
  )
  await Promise.race([tried, tooLong])
  clearTimeout(timer)
}
