import type { JetwayError } from '../../core/errors.ts'
import type { ResponseHeaders } from '../../core/upstream.ts'
import type { Exchange, ExchangeHandler } from '../exchange.ts'
import type { Transport } from '../transport.ts'

/** Keeps what an exchange says, and in which order. */
export class Collector implements ExchangeHandler {
  status = 0
  headers: ResponseHeaders = {}
  text = ''
  error: JetwayError | undefined
  readonly order: string[] = []
  holds = false
  #done: () => void = () => {}
  readonly done = new Promise<void>((resolve) => {
    this.#done = resolve
  })

  onHead(status: number, headers: ResponseHeaders): void {
    this.order.push('head')
    this.status = status
    this.headers = headers
  }

  onData(chunk: Uint8Array): boolean {
    this.order.push('data')
    this.text += Buffer.from(chunk).toString()
    return !this.holds
  }

  onEnd(): void {
    this.order.push('end')
    this.#done()
  }

  onError(error: JetwayError): void {
    this.order.push('error')
    this.error = error
    this.#done()
  }
}

export function dispatch(
  via: Pick<Transport, 'dispatch'>,
  origin: string,
  collector: Collector,
  changes: { readonly headers?: Record<string, string>; readonly body?: string } = {},
): Exchange {
  return via.dispatch(
    { method: 'POST', origin, path: '/', headers: {}, body: 'x', ...changes },
    collector,
  )
}

/** One that has ended, well or not. */
export async function exchange(
  via: Pick<Transport, 'dispatch'>,
  origin: string,
  changes: Parameters<typeof dispatch>[3] = {},
): Promise<Collector> {
  const collector = new Collector()
  dispatch(via, origin, collector, changes)
  await collector.done
  return collector
}
