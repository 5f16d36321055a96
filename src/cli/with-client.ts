import type { JetwayClient } from '../sdk/client.ts'
import { createCopilot } from '../sdk/create-copilot.ts'
import type { CommandContext } from './command.ts'

/** Calls through the same door as any program's, with the sign-in of this machine. */
export async function withClient<T>(
  context: CommandContext,
  use: (client: JetwayClient) => Promise<T>,
): Promise<T> {
  const client = createCopilot({
    environment: context.environment,
    ...(context.terminal.interactive ? {} : { signIn: 'never' as const }),
  })
  try {
    return await use(client)
  } finally {
    await client.close()
  }
}
