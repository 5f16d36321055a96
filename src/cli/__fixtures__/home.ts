import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Emulator } from '../../emulator/index.ts'

export interface Home {
  readonly folder: string
  /** What the command is started with: the folder, and a person who is signed in at the emulator. */
  readonly environment: Record<string, string>
  remove(): void
}

/** A home for one test, and an emulator that has forgotten the test before. */
export function makeHome(emulator: Emulator, more: Record<string, string> = {}): Home {
  emulator.control.state.reset()
  const folder = mkdtempSync(join(tmpdir(), 'jetway-home-'))
  return {
    folder,
    environment: {
      HOME: folder,
      XDG_CONFIG_HOME: join(folder, '.config'),
      JETWAY_DATA_DIR: join(folder, 'data'),
      JETWAY_DISCOVERY: 'off',
      GITHUB_COPILOT_TOKEN_DIR: join(folder, 'tokens'),
      GITHUB_COPILOT_API_KEY_URL: `${emulator.url}/copilot_internal/v2/token`,
      COPILOT_OAUTH_TOKEN: emulator.control.tokens.issue().value,
      ...more,
    },
    remove() {
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
