import type { FinishReason, Opaque, Sealed } from './conversation.ts'
import type { JetwayError } from './errors.ts'
import type { JsonValue } from './json.ts'
import type { Usage } from './usage.ts'

/**
 * One piece of a streamed answer: what every wire decodes to and every dialect encodes from.
 *
 * Blocks do not nest and are named by `index`, counted from 0 in order of appearance over the whole answer; pieces of
 * different tool calls may interleave (chat), pieces of text and reasoning do not. Every `-start` has its `-end`; decoders
 * guarantee it also when the upstream leaves one out. Exactly one of `turn-end` and `error` ends the stream.
 */
export type Part =
  | {
      readonly type: 'answer-start'
      readonly id: string
      readonly model: string
      readonly created: number
    }
  | { readonly type: 'text-start'; readonly index: number }
  | {
      readonly type: 'text-delta'
      readonly index: number
      readonly text: string
      readonly logprobs?: JsonValue | undefined
    }
  | {
      readonly type: 'text-end'
      readonly index: number
      readonly annotations?: readonly JsonValue[] | undefined
    }
  | { readonly type: 'refusal-delta'; readonly text: string }
  | {
      readonly type: 'reasoning-start'
      readonly index: number
      readonly id?: string | undefined
      readonly summary: boolean
    }
  | { readonly type: 'reasoning-delta'; readonly index: number; readonly text: string }
  | { readonly type: 'reasoning-end'; readonly index: number; readonly sealed?: Sealed | undefined }
  | {
      readonly type: 'tool-start'
      readonly index: number
      readonly id: string
      readonly name: string
      readonly namespace?: string | undefined
      readonly kind: 'json' | 'text'
      readonly itemId?: string | undefined
    }
  | { readonly type: 'tool-delta'; readonly index: number; readonly text: string }
  /** `text`: the whole input, where the wire repeats it; it wins over the deltas, which may be unreadable. */
  | {
      readonly type: 'tool-end'
      readonly index: number
      readonly text?: string | undefined
      readonly sealed?: Sealed | undefined
    }
  | { readonly type: 'opaque'; readonly index: number; readonly value: Opaque }
  | { readonly type: 'usage'; readonly usage: Usage }
  | { readonly type: 'ping' }
  | {
      readonly type: 'turn-end'
      readonly reason: FinishReason
      readonly stopSequence?: string | undefined
    }
  | { readonly type: 'error'; readonly error: JetwayError }

/** Makes a forgotten case a compile error, and a loud one at run time. */
export function never(value: never): never {
  throw new TypeError(`unhandled case: ${JSON.stringify(value)}`)
}
