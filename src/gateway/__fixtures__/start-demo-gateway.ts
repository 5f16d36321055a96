import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createEmulator } from '../../emulator/index.ts'
import type { Emulator, EmulatorOptions } from '../../emulator/index.ts'
import { createGateway } from '../index.ts'
import type { Gateway, GatewayOptions } from '../index.ts'

export interface DemoGateway extends AsyncDisposable {
  readonly gateway: Gateway
  readonly emulator: Emulator
  readonly url: string
  /** A folder of its own: sign-in, configuration. */
  readonly folder: string
}

export interface DemoOptions {
  readonly gateway?: GatewayOptions
  readonly emulator?: EmulatorOptions
  /** Starts without a token. @default true */
  readonly signedIn?: boolean
}

/** The whole house between a client and the emulator, on ports of its own, touching nothing of whoever runs the tests. */
export async function startDemoGateway(options: DemoOptions = {}): Promise<DemoGateway> {
  const emulator = await createEmulator(options.emulator)
  const folder = await mkdtemp(join(tmpdir(), 'jetway-gateway-'))
  const { url } = emulator
  const environment = {
    HOME: folder,
    GITHUB_COPILOT_TOKEN_DIR: folder,
    JETWAY_DISCOVERY: 'off',
    GITHUB_COPILOT_DEVICE_CODE_URL: `${url}/login/device/code`,
    GITHUB_COPILOT_ACCESS_TOKEN_URL: `${url}/login/oauth/access_token`,
    GITHUB_COPILOT_API_KEY_URL: `${url}/copilot_internal/v2/token`,
    GITHUB_COPILOT_API_BASE: url,
    ...(options.signedIn === false
      ? {}
      : { COPILOT_OAUTH_TOKEN: emulator.control.tokens.issue({ kind: 'ghu' }).value }),
    ...options.gateway?.environment,
  }
  const clear = async (): Promise<void> => {
    await emulator.close()
    await rm(folder, { recursive: true, force: true })
  }
  try {
    const gateway = await createGateway({ port: 0, ...options.gateway, environment })
    return {
      gateway,
      emulator,
      url: gateway.url,
      folder,
      async [Symbol.asyncDispose]() {
        await gateway.close()
        await clear()
      },
    }
  } catch (error) {
    await clear()
    throw error
  }
}
