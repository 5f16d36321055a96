import type { NamedError } from './named-errors.ts'

/** Something that goes wrong on purpose, for the requests it matches. */
export interface Fault {
  /** Given back by `faults.add`. */
  readonly id?: string
  readonly on?: FaultMatch
  /** How many matching requests it hits; left out, all of them until it is removed. */
  readonly times?: number
  /** How many matching requests pass before it begins. @default 0 */
  readonly skip?: number
  readonly do: FaultAction
}

export interface FaultMatch {
  /** `chat`, `responses`, `responses-ws`, `messages`, `count-tokens`, `embeddings`, `models`, `exchange`, … */
  readonly route?: string
  readonly method?: string
  readonly path?: string
  readonly model?: string
  readonly login?: string
  readonly initiator?: string
  readonly stream?: boolean
}

export type FaultAction =
  /** Answers this instead. */
  | {
      readonly kind: 'reply'
      readonly status: number
      readonly headers?: Readonly<Record<string, string>>
      /** Text goes out as it is, anything else as JSON. */
      readonly body?: unknown
    }
  /** Answers one of the original's errors, by name. */
  | {
      readonly kind: 'error'
      readonly name: NamedError
      readonly retryAfter?: number
      readonly message?: string
    }
  /** Waits, then goes on as usual. */
  | { readonly kind: 'delay'; readonly ms: number }
  /** Says nothing more: before the head, or after so many events. The socket stays open. */
  | { readonly kind: 'stall'; readonly after?: 'nothing' | 'head' | number }
  /** Writes so many bytes at a time, with a pause between. */
  | { readonly kind: 'drip'; readonly bytes: number; readonly everyMs: number }
  /** Breaks the connection: before the head, after it, or in the body after so many events. */
  | { readonly kind: 'reset'; readonly after?: 'nothing' | 'head' | number }
  /** Ends the body cleanly after so many events. */
  | { readonly kind: 'cut'; readonly after: number }
  /** Puts half an event and broken bytes after so many events, then ends. */
  | { readonly kind: 'garble'; readonly after: number }
  /** Puts the wire's error event after so many events, then ends. */
  | {
      readonly kind: 'stream-error'
      readonly after: number
      readonly code?: string
      readonly message?: string
      /** On Responses: the `error` event, or `response.failed`. @default 'error' */
      readonly as?: 'error' | 'failed'
    }
  /** The device flow says `slow_down`. */
  | { readonly kind: 'slow-down'; readonly interval?: number }

export const FAULT_KINDS: readonly FaultAction['kind'][] = [
  'reply',
  'error',
  'delay',
  'stall',
  'drip',
  'reset',
  'cut',
  'garble',
  'stream-error',
  'slow-down',
]
