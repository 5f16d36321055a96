import type { Emulator } from '../emulator/index.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** What points Jetway, or LiteLLM, at an emulator instead of GitHub, already signed in. */
export function emulatorVariables(emulator: Emulator): Readonly<Record<string, string>> {
  const { url, control } = emulator
  return {
    GITHUB_COPILOT_DEVICE_CODE_URL: `${url}/login/device/code`,
    GITHUB_COPILOT_ACCESS_TOKEN_URL: `${url}/login/oauth/access_token`,
    GITHUB_COPILOT_API_KEY_URL: `${url}/copilot_internal/v2/token`,
    GITHUB_COPILOT_API_BASE: url,
    COPILOT_OAUTH_TOKEN: control.tokens.issue({ kind: 'ghu' }).value,
  }
}

/**
 * The environment with everything of a real seat and a real store taken out, so that a demo can neither use nor change
 * what is the person's own.
 */
export function demoEnvironment(
  environment: Environment,
  emulator: Emulator,
  folder: string,
): Record<string, string | undefined> {
  const kept = Object.entries(environment).filter(([name]) => !isPersonal(name))
  return {
    ...Object.fromEntries(kept),
    ...emulatorVariables(emulator),
    GITHUB_COPILOT_TOKEN_DIR: folder,
    JETWAY_DATA_DIR: folder,
    JETWAY_DISCOVERY: 'off',
    // Nobody's account is behind it.
    JETWAY_ANOMALY_STOP: 'off',
  }
}

const PERSONAL: ReadonlySet<string> = new Set(['OAUTH_TOKEN', 'DATABASE_URL', 'REDIS_URL'])

function isPersonal(name: string): boolean {
  return (
    PERSONAL.has(name) ||
    name.startsWith('COPILOT_') ||
    name.startsWith('GITHUB_COPILOT_') ||
    name.startsWith('JETWAY_') ||
    name.startsWith('LITELLM_')
  )
}
