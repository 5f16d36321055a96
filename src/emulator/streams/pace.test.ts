import { expect, test } from 'vitest'
import { createVirtualClock } from '../../core/virtual-clock.ts'
import { createWorld } from '../world.ts'
import type { Frame } from './frame.ts'
import { runSteps } from './run-steps.ts'
import type { StreamSink } from './run-steps.ts'
import { shapeStream } from './shape.ts'

const FRAMES: Frame[] = Array.from({ length: 10 }, (_, at) => ({ data: `${at}`, tokens: 1 }))

function collect(): { sink: StreamSink; sent: string[] } {
  const sent: string[] = []
  const note = (text: string): Promise<void> => {
    sent.push(text)
    return Promise.resolve()
  }
  const sink: StreamSink = {
    closed: () => false,
    send: (frame) => note(frame.data),
    comment: note,
    garble: (frame) => note(`!${frame.data}`),
    untilClosed: () => Promise.resolve(),
    destroy: () => {
      sent.push('destroyed')
    },
  }
  return { sink, sent }
}

test('a pace of 10 tokens a second sends one each 100 ms', async () => {
  const clock = createVirtualClock()
  const world = createWorld({ clock, pace: 10 })
  const { sink, sent } = collect()
  const errorFrame = (): Frame => ({ data: 'error', tokens: 0 })
  const quirks = world.quirks.of(undefined)
  const done = runSteps(world, shapeStream(FRAMES, quirks, undefined, errorFrame), sink)
  await clock.advance(99)
  expect(sent).toHaveLength(0)
  await clock.advance(1)
  expect(sent).toHaveLength(1)
  await clock.advance(400)
  expect(sent).toHaveLength(5)
  await clock.advance(500)
  expect(await done).toEqual({ outcome: 'complete', open: true })
  expect(sent).toHaveLength(10)
})

test('a trickle waits before every event, whatever the pace', async () => {
  const clock = createVirtualClock()
  const world = createWorld({
    clock,
    quirks: [{ model: '*', quirks: { trickleMs: 50, commentEvery: 5 } }],
  })
  const { sink, sent } = collect()
  const errorFrame = (): Frame => ({ data: 'error', tokens: 0 })
  const quirks = world.quirks.of(undefined)
  const done = runSteps(world, shapeStream(FRAMES, quirks, undefined, errorFrame), sink)
  await clock.advance(100)
  expect(sent).toEqual(['keep-alive', '0', '1'])
  await clock.advance(400)
  await done
  expect(sent.filter((text) => text === 'keep-alive')).toHaveLength(2)
})
