import type { SeatId } from '../../core/call.ts'
import { AuthenticationError } from '../../core/errors.ts'
import { NO_SEAT, SERVICE_SEAT, userOfUnconnected } from './choose-seat.ts'
import type { GitHubToken, SeatService } from './seat-service.ts'
import type { Seat } from './seat.ts'

/** Where whoever calls GitHub gets the token of a seat that is not its own. */
export interface SeatCredentials {
  /** Rejects with what is missing, and how to mend it. `refused`: this one was refused; another, if there may be one. */
  credential(seat: SeatId, refused?: string): Promise<GitHubToken>
}

export function createSeatCredentials(options: {
  readonly service: SeatService | undefined
  /** The organisation's own credential, where there is one. */
  readonly organisation?: ((refused?: string) => Promise<GitHubToken>) | undefined
}): SeatCredentials {
  const { service, organisation } = options

  return {
    async credential(seat, refused) {
      if (seat === SERVICE_SEAT && organisation) return organisation(refused)
      const user = userOfUnconnected(seat)
      if (user !== undefined) throw notConnected(user)
      if (seat === NO_SEAT || seat === SERVICE_SEAT) throw noSharedSeat()
      const token = await service?.token(seat)
      if (token) return token
      throw unusable(await service?.find(seat))
    },
  }
}

const HOW =
  'run `jetway login --gateway` with the address of this gateway, or connect it on its page /ui'

function refused(message: string, code: string): AuthenticationError {
  return new AuthenticationError(message, { code, llm_provider: 'github_copilot' })
}

function notConnected(user: string): AuthenticationError {
  return refused(
    `the user ${user} has no GitHub Copilot seat connected: ${HOW}`,
    'seat_not_connected',
  )
}

function noSharedSeat(): AuthenticationError {
  return refused(
    'this key belongs to no user, and this gateway has no Copilot seat for such keys: ask whoever runs it',
    'no_shared_seat',
  )
}

function unusable(seat: Seat | undefined): AuthenticationError {
  const said = seat?.detail === undefined ? '' : ` (${seat.detail})`
  if (seat?.state === 'revoked') {
    return refused(
      `GitHub no longer accepts the sign-in of this Copilot seat${said}. To connect it again, ${HOW}`,
      'seat_revoked',
    )
  }
  if (seat?.state === 'no-seat') {
    return refused(
      `GitHub names no Copilot entitlement for the account that was connected${said}. With another account, ${HOW}`,
      'seat_without_copilot',
    )
  }
  return refused(`this Copilot seat is connected no more: ${HOW}`, 'seat_not_connected')
}
