import type { Frame } from '../streams/frame.ts'

/** An answer before it is written: whole, or as frames of an event stream. */
export type Reply = WholeReply | StreamReply

export interface WholeReply {
  readonly kind: 'whole'
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export interface StreamReply {
  readonly kind: 'stream'
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly frames: Iterable<Frame>
  /** Which body quirks of the model shape the stream. */
  readonly model: string
}

export function jsonReply(
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): WholeReply {
  return {
    kind: 'whole',
    status,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(value),
  }
}

export function textReply(
  status: number,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): WholeReply {
  return {
    kind: 'whole',
    status,
    headers: { 'content-type': 'text/plain; charset=utf-8', ...headers },
    body,
  }
}
