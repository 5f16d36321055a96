import type { Log } from '../core/log.ts'
import type { DeviceCode } from './house.ts'
import type { CallExtras } from './types/options.ts'

/**
 * Options of one client. The snake_case ones are defaults for its calls, and each call can override them; the others say
 * where the client finds its sign-in and whom it tells what it does.
 */
export interface CopilotOptions extends Omit<CallExtras, 'signal' | 'extra_body'> {
  /**
   * A Copilot token (`tid=…`) or a GitHub token, used instead of every other source. Unset, they are tried in order:
   * environment, this machine's sign-in, other tools' sign-ins.
   */
  api_key?: string | undefined
  /** The variables to read. `{}` reads none. @default process.env */
  environment?: Readonly<Record<string, string | undefined>> | undefined
  /**
   * What a call does when nobody is signed in. `prompt`: shows GitHub's code on stderr and waits, where a person is at the
   * terminal. `never`: throws an `AuthenticationError` at once. @default 'prompt'
   */
  signIn?: 'prompt' | 'never' | undefined
  /** Shows the code elsewhere, also without a terminal. */
  onDeviceCode?: ((code: DeviceCode) => void) | undefined
  /** Hears what happens. No prompt, answer or token is ever said. @default silent */
  logger?: Partial<Log> | undefined
}
