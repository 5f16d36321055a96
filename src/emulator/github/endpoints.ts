import type { Account } from '../accounts/account.ts'
import type { World } from '../world.ts'

/** `endpoints` of the exchange and the user answer. The API is the emulator itself, unless told otherwise. */
export function endpointsFor(
  world: World,
  account: Account,
  override: string | undefined,
): Record<string, string> {
  const own = world.origins.plans[account.host] ?? world.origins.main
  const api = override ?? world.settings.endpointsApi ?? own
  return {
    api,
    'origin-tracker': `${own}/origin-tracker`,
    proxy: `${own}/proxy`,
    telemetry: `${own}/telemetry`,
  }
}
