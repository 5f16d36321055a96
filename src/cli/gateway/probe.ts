import type { CommandContext } from '../command.ts'
import { createGatewayClient } from './gateway-client.ts'

export type Probed = 'jetway' | 'other' | 'none'

const PATIENCE_MS = 2_000

/** Who listens there. LiteLLM has the same health pages, and names its own version on them. */
export async function probeGateway(
  url: string,
  { environment, signal }: Pick<CommandContext, 'environment' | 'signal'>,
): Promise<Probed> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)])
  const client = createGatewayClient({ url, key: undefined, environment, signal: limit })
  try {
    const alive = await client.text('/health/liveliness')
    if (!alive.includes("I'm alive!")) return 'other'
    const described = await client.get('/openapi.json')
    const { info } = described as { readonly info?: { readonly title?: unknown } }
    return String(info?.title).startsWith('Jetway') ? 'jetway' : 'other'
  } catch (error) {
    signal.throwIfAborted()
    return isUnreachable(error) ? 'none' : 'other'
  } finally {
    await client.close()
  }
}

function isUnreachable(error: unknown): boolean {
  return error instanceof Error && error.name === 'APIConnectionError'
}
