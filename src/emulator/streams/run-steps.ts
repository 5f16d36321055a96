import type { World } from '../world.ts'
import type { Frame } from './frame.ts'
import type { Step } from './shape.ts'

export type Outcome = 'complete' | 'aborted' | 'cut'

/** Where a stream goes: an HTTP answer or a WebSocket. */
export interface StreamSink {
  /** Whether the other side has gone. */
  closed(): boolean
  send(frame: Frame): Promise<void>
  comment(text: string): Promise<void>
  /** Sends half of the frame and bytes that are no text of this wire. */
  garble(frame: Frame): Promise<void>
  /** Resolves when the other side has gone. */
  untilClosed(): Promise<void>
  destroy(): void
}

/** Does the steps of a stream, at the pace that is set; `complete` and `cut` leave it to the caller to end. */
export async function runSteps(
  world: World,
  steps: Generator<Step, 'complete' | 'cut'>,
  sink: StreamSink,
): Promise<{ readonly outcome: Outcome; readonly open: boolean }> {
  const pacer = createPacer(world)
  let next = steps.next()
  for (; !next.done; next = steps.next()) {
    const step = next.value
    if (sink.closed()) return { outcome: 'aborted', open: false }
    switch (step.do) {
      case 'send':
        await pacer.before(step.frame)
        await sink.send(step.frame)
        break
      case 'comment':
        await sink.comment(step.text)
        break
      case 'garble':
        await sink.garble(step.frame)
        break
      case 'wait':
        await pause(world, step.ms)
        break
      case 'stall':
        await sink.untilClosed()
        return { outcome: 'aborted', open: false }
      default:
        // Lets what was written leave first: a reset overtakes what is still in the buffer.
        await pause(world, 5)
        sink.destroy()
        return { outcome: 'cut', open: false }
    }
  }
  return { outcome: next.value, open: true }
}

export function pause(world: World, ms: number): Promise<void> {
  return new Promise((resolve) => {
    world.clock.setTimer(ms, resolve)
  })
}

/** Spreads tokens over time; without a pace it never waits. */
function createPacer(world: World): { before(frame: Frame): Promise<void> } {
  const started = world.clock.monotonic()
  let tokens = 0
  return {
    async before(frame) {
      tokens += frame.tokens
      const { pace } = world.settings
      if (pace <= 0) return
      const dueMs = (tokens * 1000) / pace - (world.clock.monotonic() - started)
      if (dueMs >= 1) await pause(world, dueMs)
    },
  }
}
