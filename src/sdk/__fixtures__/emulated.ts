import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createEmulator } from '../../emulator/index.ts'
import type { Emulator, EmulatorOptions } from '../../emulator/index.ts'

export interface Emulated extends AsyncDisposable {
  readonly emulator: Emulator
  /** Signed in, with nothing of this machine in it. */
  readonly environment: Readonly<Record<string, string>>
  /** Nobody is signed in. */
  readonly unsigned: Readonly<Record<string, string>>
  readonly folder: string
}

/** An emulator, and an environment that knows no other GitHub and no other home. */
export async function emulated(options: EmulatorOptions = {}): Promise<Emulated> {
  const emulator = await createEmulator(options)
  const folder = mkdtempSync(join(tmpdir(), 'jetway-sdk-'))
  const unsigned = {
    HOME: folder,
    GITHUB_COPILOT_TOKEN_DIR: join(folder, 'tokens'),
    GITHUB_COPILOT_DEVICE_CODE_URL: `${emulator.url}/login/device/code`,
    GITHUB_COPILOT_ACCESS_TOKEN_URL: `${emulator.url}/login/oauth/access_token`,
    GITHUB_COPILOT_API_KEY_URL: `${emulator.url}/copilot_internal/v2/token`,
    JETWAY_DISCOVERY: 'off',
  }
  const { value } = emulator.control.tokens.issue({ kind: 'ghu' })
  return {
    emulator,
    folder,
    unsigned,
    environment: { ...unsigned, COPILOT_OAUTH_TOKEN: value },
    async [Symbol.asyncDispose]() {
      await emulator.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
