import { createControl } from './control/create-control.ts'
import { handleControl, isControlPath } from './control/control-http.ts'
import type { Control } from './control/control.ts'
import type { PlanHost } from './accounts/plans.ts'
import type { EmulatorOptions } from './options.ts'
import { createWebSocketDoor } from './responses/web-socket.ts'
import { ROUTES } from './routes.ts'
import { handleRequest } from './server/handle-request.ts'
import { listen } from './server/listen.ts'
import type { Listener } from './server/listen.ts'
import { createWorld } from './world.ts'

/** GitHub and Copilot on one port. */
export interface Emulator extends AsyncDisposable {
  /** Stands for `https://api.github.com`, `https://github.com` and the Copilot API alike. */
  readonly url: string
  readonly port: number
  /** The extra API hosts, with `planHosts`. */
  readonly planUrls: Readonly<Partial<Record<PlanHost, string>>>
  readonly control: Control
  close(): Promise<void>
}

/**
 * Starts an emulator of GitHub and GitHub Copilot.
 *
 * @example
 * await using emulator = await createEmulator()
 * const { value } = emulator.control.tokens.issue({ kind: 'gho', app: 'copilot-cli' })
 */
export async function createEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const world = createWorld(options)
  const control = createControl(world)
  const door = createWebSocketDoor(world)
  const host = options.host ?? '127.0.0.1'
  const listeners: Listener[] = []

  const start = async (port: number, planHost: PlanHost | undefined): Promise<Listener> => {
    const listener = await listen(host, port, {
      request: (message, response) =>
        isControlPath(message.url ?? '')
          ? handleControl(control, message, response)
          : handleRequest(world, ROUTES, planHost, message, response),
      upgrade: (message, socket, head) => {
        door.upgrade(planHost, message, socket, head)
      },
    })
    listeners.push(listener)
    return listener
  }

  const main = await start(options.port ?? 0, undefined)
  world.origins.main = main.origin
  if (options.planHosts) {
    for (const plan of ['individual', 'business', 'enterprise'] as const) {
      world.origins.plans[plan] = (await start(0, plan)).origin
    }
  }

  const close = async (): Promise<void> => {
    door.close()
    await Promise.all(listeners.map((listener) => listener.close()))
  }
  return {
    url: main.origin,
    port: main.port,
    planUrls: world.origins.plans,
    control,
    close,
    [Symbol.asyncDispose]: close,
  }
}
