import type { FaultAction } from '../faults/fault.ts'
import type { Quirks } from '../quirks/quirk.ts'
import type { Frame } from './frame.ts'

/** What the writer of a stream does next. */
export type Step =
  | { readonly do: 'send'; readonly frame: Frame }
  /** A comment line; nothing on a WebSocket. */
  | { readonly do: 'comment'; readonly text: string }
  /** Broken bytes. */
  | { readonly do: 'garble'; readonly frame: Frame }
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'stall' }
  | { readonly do: 'reset' }

/** How a wire tells an error in the middle of a stream. */
export type StreamErrorFrame = (code: string, message: string, as: 'error' | 'failed') => Frame

/** Turns a stream as it should be into the stream as quirks and a fault make it. */
export function* shapeStream(
  frames: Iterable<Frame>,
  quirks: Quirks,
  fault: FaultAction | undefined,
  errorFrame: StreamErrorFrame,
): Generator<Step, 'complete' | 'cut'> {
  let sent = 0
  for (const frame of frames) {
    const broken = breakAt(sent, quirks, fault, errorFrame, frame)
    if (broken) {
      yield* broken
      return 'cut'
    }
    if (quirks.commentEvery > 0 && sent % quirks.commentEvery === 0) {
      yield { do: 'comment', text: 'keep-alive' }
    }
    if (quirks.trickleMs > 0) yield { do: 'wait', ms: quirks.trickleMs }
    yield { do: 'send', frame }
    sent += 1
  }
  return 'complete'
}

function breakAt(
  sent: number,
  quirks: Quirks,
  fault: FaultAction | undefined,
  errorFrame: StreamErrorFrame,
  next: Frame,
): Step[] | undefined {
  if (fault && 'after' in fault && fault.after !== undefined && fault.after !== 'nothing') {
    const after = fault.after === 'head' ? 0 : fault.after
    if (sent === after) {
      switch (fault.kind) {
        case 'cut':
          return []
        case 'reset':
          return [{ do: 'reset' }]
        case 'stall':
          return [{ do: 'stall' }]
        case 'garble':
          return [{ do: 'garble', frame: next }]
        case 'stream-error': {
          const code = fault.code ?? quirks.errorCode
          return [
            {
              do: 'send',
              frame: errorFrame(code, fault.message ?? quirks.errorMessage, fault.as ?? 'error'),
            },
          ]
        }
        default:
          break
      }
    }
  }
  if (quirks.closeAfter === sent) return []
  if (quirks.errorAfter === sent) {
    return [{ do: 'send', frame: errorFrame(quirks.errorCode, quirks.errorMessage, 'error') }]
  }
  return undefined
}
