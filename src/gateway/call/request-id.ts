import type { GatewayHouse } from '../house.ts'

/** What may stand in a log line and an upstream's header without harm. */
const WELL_FORMED = /^[A-Za-z0-9][A-Za-z0-9._:@/+=-]{0,127}$/

/** The caller's id if it is well formed, else one of ours. */
export function requestIdFrom(
  given: string | string[] | undefined,
  { newId, clock }: Pick<GatewayHouse, 'newId' | 'clock'>,
): string {
  return typeof given === 'string' && WELL_FORMED.test(given) ? given : newId(clock.now())
}
