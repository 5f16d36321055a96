import type { Clock } from '../../core/clock.ts'
import { APIConnectionError } from '../../core/errors.ts'
import type { ExchangeHandler, ExchangeRequest } from '../../transport/exchange.ts'
import type { Transport } from '../../transport/transport.ts'

/** What a simulated upstream does after `afterMs` of its silence. */
export type Move =
  | { readonly afterMs: number; readonly head: number; readonly headers?: Record<string, string> }
  | { readonly afterMs: number; readonly data: string }
  | { readonly afterMs: number; readonly end: true }
  | { readonly afterMs: number; readonly cut: true }

export interface SimulatedTransport extends Transport {
  /** When each exchange began. */
  readonly began: readonly number[]
  readonly open: () => number
}

/** Sockets without sockets, on a clock that can be moved: for hours that tests have no time for. */
export function simulateTransport(
  clock: Clock,
  script: (request: ExchangeRequest, number: number) => readonly Move[],
): SimulatedTransport {
  const began: number[] = []
  let open = 0
  return {
    began,
    open: () => open,
    request: () => Promise.reject(new APIConnectionError('nobody to ask in a simulation')),
    close: () => Promise.resolve(),
    destroy: () => Promise.resolve(),
    dispatch(request, handler) {
      began.push(clock.monotonic())
      open++
      let cancel: (() => void) | undefined
      let over = false
      const finish = (): void => {
        if (!over) open--
        over = true
      }
      const play = (moves: readonly Move[]): void => {
        const [move, ...rest] = moves
        if (move === undefined) return
        cancel = clock.setTimer(move.afterMs, () => {
          if (over) return
          if ('end' in move || 'cut' in move) finish()
          make(move, handler)
          play(rest)
        })
      }
      play(script(request, began.length))
      return {
        abort() {
          cancel?.()
          finish()
        },
        resume() {},
      }
    },
  }
}

function make(move: Move, handler: ExchangeHandler): void {
  if ('head' in move) handler.onHead(move.head, move.headers ?? {})
  else if ('data' in move) handler.onData(Buffer.from(move.data))
  else if ('end' in move) handler.onEnd()
  else handler.onError(new APIConnectionError('cut', { code: 'connection_reset' }))
}

export function answer(body: unknown, afterMs = 0): readonly Move[] {
  return [
    { afterMs, head: 200 },
    { afterMs: 0, data: JSON.stringify(body) },
    { afterMs: 0, end: true },
  ]
}

export function refuse(status: number, headers: Record<string, string> = {}): readonly Move[] {
  return [
    { afterMs: 10, head: status, headers },
    { afterMs: 0, data: '{"error":"simulated"}' },
    { afterMs: 0, end: true },
  ]
}
