import type { Account } from '../accounts/account.ts'
import type { Credential } from './credential.ts'

/** Who calls, once the credential was accepted. */
export interface Seat {
  readonly account: Account
  readonly credential: Exclude<Credential, { type: 'none' }>
}
