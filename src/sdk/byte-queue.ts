/** Above this many bytes the writer is asked to wait: a few hundred chunks of an answer. */
const HIGH_WATER_BYTES = 64 * 1024

/** Bytes from a writer that pushes to a reader that pulls, with back-pressure. One reader at a time. */
export interface ByteQueue {
  /** `false`: hold back until `onDrain` is called. */
  push(bytes: Uint8Array): boolean
  end(): void
  fail(error: unknown): void
  /** The next piece as it came; `undefined` at the end. Rejects with the failure, after all that came before it. */
  read(): Promise<Uint8Array | undefined>
  onDrain: (() => void) | undefined
}

interface Reader {
  readonly resolve: (bytes: Uint8Array | undefined) => void
  readonly reject: (error: unknown) => void
}

export function createByteQueue(): ByteQueue {
  let pieces: Uint8Array[] = []
  let next = 0
  let held = 0
  let closed = false
  let failure: { readonly error: unknown } | undefined
  let reader: Reader | undefined

  const take = (): Uint8Array | undefined => {
    const piece = pieces[next]
    if (piece === undefined) return undefined
    next += 1
    if (next === pieces.length) {
      pieces = []
      next = 0
    }
    const wasFull = held >= HIGH_WATER_BYTES
    held -= piece.length
    if (wasFull && held < HIGH_WATER_BYTES) queue.onDrain?.()
    return piece
  }

  const queue: ByteQueue = {
    onDrain: undefined,
    push(bytes) {
      if (closed || bytes.length === 0) return true
      if (reader !== undefined) {
        const { resolve } = reader
        reader = undefined
        resolve(bytes)
        return true
      }
      pieces.push(bytes)
      held += bytes.length
      return held < HIGH_WATER_BYTES
    },
    end() {
      closed = true
      reader?.resolve(undefined)
      reader = undefined
    },
    fail(error) {
      if (closed) return
      closed = true
      failure = { error }
      reader?.reject(error)
      reader = undefined
    },
    read() {
      const piece = take()
      if (piece !== undefined) return Promise.resolve(piece)
      // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- an abort's reason may be anything
      if (failure !== undefined) return Promise.reject(failure.error)
      if (closed) return Promise.resolve(undefined)
      return new Promise((resolve, reject) => {
        reader = { resolve, reject }
      })
    },
  }
  return queue
}
