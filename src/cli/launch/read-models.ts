import { errorName, JetwayError } from '../../core/errors.ts'
import type { CommandContext } from '../command.ts'
import { EXIT, ExitError } from '../exit-codes.ts'
import { createGatewayClient } from '../gateway/gateway-client.ts'

/** The names the gateway serves. That it serves none is better said now than by the client, a minute later. */
export async function readModels(
  url: string,
  key: string,
  { environment, signal }: Pick<CommandContext, 'environment' | 'signal'>,
): Promise<readonly string[]> {
  const client = createGatewayClient({ url, key, environment, signal })
  try {
    const { data } = await client.get('/v1/models')
    const rows = Array.isArray(data) ? (data as readonly { readonly id?: unknown }[]) : []
    return rows.flatMap(({ id }) => (typeof id === 'string' ? [id] : []))
  } catch (error) {
    if (error instanceof JetwayError && errorName(error) === 'APIConnectionError') {
      throw new ExitError(EXIT.unreachable, `${url} does not answer: ${error.message}`, {
        cause: error,
      })
    }
    throw error
  } finally {
    await client.close()
  }
}
