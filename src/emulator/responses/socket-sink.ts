import type { WebSocket } from 'ws'
import type { RecordedRequest } from '../records/recorded-request.ts'
import type { StreamSink } from '../streams/run-steps.ts'

/** Writes the events of a stream as the text frames of a WebSocket. */
export function socketSink(socket: WebSocket, record: RecordedRequest): StreamSink {
  const isOpen = (): boolean => socket.readyState === socket.OPEN
  const send = (text: string): Promise<void> =>
    new Promise((resolve) => {
      if (isOpen()) {
        socket.send(text, () => {
          resolve()
        })
      } else resolve()
    })
  return {
    closed: () => !isOpen(),
    async send(frame) {
      await send(frame.data)
      record.events += 1
    },
    comment: () => Promise.resolve(),
    garble: (frame) => send(frame.data.slice(0, Math.ceil(frame.data.length / 2))),
    untilClosed: () =>
      new Promise((resolve) => {
        if (socket.readyState === socket.CLOSED) resolve()
        socket.once('close', () => {
          resolve()
        })
      }),
    destroy: () => {
      socket.terminate()
    },
  }
}
