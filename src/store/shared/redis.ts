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
): Promise<RedisConnection> {
  const { createClient } = await import('@redis/client').catch((cause: unknown) => {
    throw new Error('REDIS_URL is set: install the package `@redis/client` beside jetway', {
      cause,
    })
  })
  const connect = async () => {
    const client = createClient({
      url,
      // A call never waits in a queue for a server that is away.
      disableOfflineQueue: true,
      socket: {
        connectTimeout: 2000,
        reconnectStrategy: (tries) => Math.min(50 * 2 ** tries, 2000),
      },
    })
    client.on('error', onFailure)
    await client.connect()
    return client
  }
  const client = await connect()
  let subscriber: Awaited<ReturnType<typeof connect>> | undefined

  return {
    command: (words) => client.sendCommand([...words]),
    async subscribe(channel, onMessage) {
      subscriber ??= await connect()
      const open = subscriber
      await open.subscribe(channel, onMessage)
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
