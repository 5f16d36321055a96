import { assembleEngine } from '../assemble.ts'
import { DEFAULT_SETTINGS } from '../core/default-settings.ts'
import type { CopilotUpstream } from '../copilot/index.ts'
import type { CommandContext } from './command.ts'
import { terminalLog } from './terminal-log.ts'

/** The seat of whoever runs this command: its sign-in, its account. */
export async function withSeat<T>(
  { environment, terminal }: CommandContext,
  use: (copilot: CopilotUpstream) => Promise<T>,
): Promise<T> {
  const house = assembleEngine({
    settings: () => DEFAULT_SETTINGS,
    environment,
    log: terminalLog(terminal),
  })
  try {
    return await use(house.copilot)
  } finally {
    await house.close()
  }
}
