import type { SeatId } from '../../core/call.ts'
import { JetwayError, isRetryable } from '../../core/errors.ts'
import type { Inspected, PolledFlow, SeatConnector } from '../../policy/seats/seat-service.ts'

interface Code {
  readonly deviceCode: string
  readonly userCode: string
  readonly verificationUri: string
  readonly expiresAtMs: number
  readonly intervalMs: number
}

/** What connecting a seat needs of whoever speaks with GitHub. The Copilot upstream is one. */
export interface CopilotSignIn {
  readonly deviceFlow: {
    /** GitHub's host where a seat names none. */
    readonly host: string
    start(signal: AbortSignal, host?: string): Promise<Code>
    pollOnce(code: Code, signal: AbortSignal, host?: string): Promise<Polled>
  }
  access(at: { readonly seat: SeatId }, signal: AbortSignal): object | Promise<object>
  account(
    seat: SeatId,
    signal: AbortSignal,
  ): Promise<{ readonly login: string | undefined; readonly plan: string | undefined }>
}

type Polled =
  | { readonly state: 'done'; readonly token: string }
  | { readonly state: 'pending' }
  | { readonly state: 'slow-down'; readonly intervalMs: number }
  | { readonly state: 'unknown-code'; readonly error: JetwayError }
  | { readonly state: 'failed'; readonly error: JetwayError }

/** Connects seats through an upstream that may come later than this: both are made at the start, each needing the other. */
export function createSeatConnector(copilot: () => CopilotSignIn): SeatConnector {
  return {
    async start(host, signal) {
      const code = await copilot().deviceFlow.start(signal, host)
      return { host, ...code }
    },
    async poll(flow, signal): Promise<PolledFlow> {
      const polled = await copilot().deviceFlow.pollOnce(flow, signal, flow.host)
      switch (polled.state) {
        case 'done':
          return { state: 'done', token: polled.token }
        case 'pending':
          return { state: 'pending', intervalMs: flow.intervalMs }
        case 'slow-down':
          return { state: 'slow-down', intervalMs: polled.intervalMs }
        // Just after issue GitHub may not have heard of the code; its own time ends the waiting.
        case 'unknown-code':
          return { state: 'pending', intervalMs: flow.intervalMs }
        case 'failed':
          if (polled.error.code === 'access_denied') return { state: 'denied' }
          if (polled.error.code === 'expired_token') return { state: 'expired' }
          throw polled.error
      }
    },
    async inspect(seat, signal): Promise<Inspected> {
      try {
        // Whether there is an entitlement only the exchange tells for certain.
        await copilot().access({ seat }, signal)
      } catch (error) {
        if (!(error instanceof JetwayError) || isRetryable(error) || signal.aborted) throw error
        return { ...(await whose(seat, signal)), entitled: false, detail: error.message }
      }
      return { ...(await whose(seat, signal)), entitled: true }
    },
  }

  /** Nice to know; a seat without a name is a seat all the same. */
  async function whose(seat: SeatId, signal: AbortSignal): Promise<Omit<Inspected, 'entitled'>> {
    const account = await copilot()
      .account(seat, signal)
      .catch(() => undefined)
    return { githubLogin: account?.login, plan: account?.plan }
  }
}
