import { join } from 'node:path'
import type { Found, Machine } from './foreign-file.ts'
import { foundToken, readForeignFile } from './foreign-file.ts'

/** The npm package copilot-api keeps the bare GitHub token. */
export async function findCopilotApi(machine: Machine): Promise<Found> {
  const file = join(machine.home, '.local', 'share', 'copilot-api', 'github_token')
  const text = await readForeignFile(file)
  return text === undefined
    ? undefined
    : foundToken(text, { source: 'copilot-api', file, host: machine.host })
}
