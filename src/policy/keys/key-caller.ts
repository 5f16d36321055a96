import type { Caller } from '../../core/call.ts'
import type { Grant } from './key.ts'

/** A symbol, so that no log line, record or answer that prints a caller prints the grant with it. */
const grantOf: unique symbol = Symbol('grant')

interface KeyCaller extends Caller {
  readonly [grantOf]: Grant
}

/** The caller that holds this grant. */
export function callerWithGrant(caller: Caller, grant: Grant): Caller {
  const keyCaller: KeyCaller = { ...caller, [grantOf]: grant }
  return keyCaller
}

/** What decides about this caller's calls; none for the master key and for open gateways. */
export function grantOfCaller(caller: Caller): Grant | undefined {
  return grantOf in caller ? (caller as KeyCaller)[grantOf] : undefined
}
