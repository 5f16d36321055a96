import { randomBytes } from 'node:crypto'
import { JetwayError } from '../../core/errors.ts'
import { KEY_VARIABLE } from '../clients/agents.ts'
import type { CommandContext } from '../command.ts'
import { EXIT, ExitError } from '../exit-codes.ts'
import { createGatewayClient } from '../gateway/gateway-client.ts'
import { textIn } from '../keys/text-in.ts'
import type { AcquiredGateway } from './acquire-gateway.ts'

export interface ClientKey {
  readonly key: string
  /** Deletes a key that was made for this. */
  readonly revoke: () => Promise<void>
}

/** Longer than a session, so that one that was never deleted ends all the same. */
const LIFETIME = '24h'
/** What an open gateway is sent: clients insist on having a key. */
export const OPEN_KEY = 'sk-jetway-open'

/** The person's own where there is one; else a key made for this client, which ends with it. */
export async function clientKey(
  gateway: Pick<AcquiredGateway, 'url' | 'masterKey' | 'own'>,
  client: string,
  { environment, terminal }: CommandContext,
): Promise<ClientKey> {
  const given = environment[KEY_VARIABLE]
  const unrevoked = (key: string): ClientKey => ({ key, revoke: () => Promise.resolve() })
  if (!gateway.own && given !== undefined && given !== '') return unrevoked(given)
  const { url, masterKey } = gateway
  // Its own signal: the key must also go when the command is being stopped.
  const http = (): ReturnType<typeof createGatewayClient> =>
    createGatewayClient({ url, key: masterKey, environment, signal: AbortSignal.timeout(10_000) })
  const making = http()
  try {
    const made = await making.post('/key/generate', {
      key_alias: `launch-${client}-${randomBytes(4).toString('hex')}`,
      duration: LIFETIME,
      metadata: { made_by: 'jetway launch' },
    })
    const id = textIn(made, 'key_id')
    return {
      key: textIn(made, 'key'),
      async revoke() {
        const ending = http()
        await ending
          .post('/key/delete', { keys: [id] })
          .catch(() => {
            terminal.warn(`The client's key could not be deleted; it ends within ${LIFETIME}.`)
          })
          .finally(() => ending.close())
      },
    }
  } catch (error) {
    if (!(error instanceof JetwayError)) throw error
    if (error.status === 401 || error.status === 403) throw needsKey(url, error)
    // No keys there, or no database now.
    return unrevoked(masterKey ?? OPEN_KEY)
  } finally {
    await making.close()
  }
}

function needsKey(url: string, cause: Error): ExitError {
  return new ExitError(
    EXIT.signIn,
    `${url} wants a key: put yours into ${KEY_VARIABLE}, or the master key into JETWAY_MASTER_KEY`,
    { cause },
  )
}
