import { join } from 'node:path'
import type { Found, Machine } from './foreign-file.ts'
import { foundToken, readForeignFile } from './foreign-file.ts'

/** LiteLLM's own folder, when ours is configured to be elsewhere. */
export async function findLitellm(machine: Machine): Promise<Found> {
  const file = join(machine.home, '.config', 'litellm', 'github_copilot', 'access-token')
  const text = await readForeignFile(file)
  return text === undefined
    ? undefined
    : foundToken(text, { source: 'litellm', file, host: machine.host })
}
