import type { JetwayClient } from './client.ts'
import { createClient } from './create-client.ts'
import { lazyHouse } from './lazy-house.ts'
import type { CopilotOptions } from './options.ts'

/**
 * One client with credentials of its own, for many calls. Nothing is read and nothing is sent before the first one.
 *
 * @example
 * await using copilot = createCopilot({ timeout: 60 })
 * const answer = await copilot.completion({ messages: [{ role: 'user', content: 'Hello' }] })
 */
export function createCopilot(options: CopilotOptions = {}): JetwayClient {
  return createClient(lazyHouse(options), options)
}
