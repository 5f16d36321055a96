import { copilotUsage } from '../accounting/price.ts'
import type { CopilotUsage } from '../accounting/price.ts'
import { quotaHeaders } from '../accounting/quota-headers.ts'
import type { Usage } from '../accounting/usage.ts'
import type { RecordedRequest } from '../records/recorded-request.ts'
import type { World } from '../world.ts'
import { discountOf } from './admit-model.ts'
import type { Admitted } from './admit-model.ts'

export interface Settled {
  readonly usage: Usage
  readonly copilotUsage: CopilotUsage
  /** Quota headers of the answer, counted after this call. */
  readonly headers: Readonly<Record<string, string>>
}

/** Charges a call that is about to be answered, and notes it in the record. */
export function settle(
  world: World,
  admitted: Admitted,
  headers: Readonly<Record<string, string>>,
  record: RecordedRequest,
  usage: Usage,
): Settled {
  const { account, credential } = admitted.seat
  const priced = copilotUsage(admitted.model, usage)
  const bill = world.ledger.charge(account, {
    model: admitted.model,
    initiator: admitted.initiator,
    nanoAiu: priced.total_nano_aiu,
    discount: discountOf(world, headers),
  })
  record.premiumNano = bill.premiumNano
  record.nanoAiu = bill.nanoAiu
  record.usage = usage
  // Apps other than Copilot's own are told nothing about quotas.
  const thirdParty = credential.type === 'github' && credential.token?.app.name === 'opencode'
  return {
    usage,
    copilotUsage: priced,
    headers: thirdParty ? {} : quotaHeaders(account, world.clock),
  }
}
