/** Collects what a relay sends on for one chunk: ranges of that chunk, and events made anew between them. */
export interface RelayOutput {
  begin(chunk: Buffer | undefined): void
  /** Hands on a range of `source` as it is. */
  keep(source: Buffer, start: number, end: number): void
  /** The same for a piece that may have been kept from an earlier chunk. */
  keepPiece(piece: Buffer): void
  write(bytes: Buffer): void
  /** All of it in order; `original` itself when that is what it comes to. */
  take(original: Uint8Array): Uint8Array
}

/** Neighbouring ranges of the chunk are joined by their positions, so a chunk that is kept whole is never copied. */
export function createRelayOutput(): RelayOutput {
  let chunk: Buffer | undefined
  let pieces: Buffer[] = []
  let runStart = 0
  let runEnd = 0

  const endRun = (): void => {
    if (chunk !== undefined && runEnd > runStart) pieces.push(chunk.subarray(runStart, runEnd))
    runStart = runEnd
  }
  const write = (bytes: Buffer): void => {
    endRun()
    runStart = runEnd = 0
    if (bytes.length > 0) pieces.push(bytes)
  }
  const keep = (source: Buffer, start: number, end: number): void => {
    if (source !== chunk) {
      write(source.subarray(start, end))
      return
    }
    if (runEnd !== start || runEnd === runStart) {
      endRun()
      runStart = start
    }
    runEnd = end
  }

  return {
    begin(next) {
      chunk = next
      pieces = []
      runStart = runEnd = 0
    },
    keep,
    keepPiece(piece) {
      const start = piece.byteOffset - (chunk?.byteOffset ?? 0)
      const within =
        chunk !== undefined &&
        piece.buffer === chunk.buffer &&
        start >= 0 &&
        start + piece.length <= chunk.length
      if (within) keep(chunk as Buffer, start, start + piece.length)
      else write(piece)
    },
    write,
    take(original) {
      if (chunk !== undefined && pieces.length === 0 && runStart === 0 && runEnd === chunk.length)
        return original
      endRun()
      const [first] = pieces
      const taken = pieces.length === 1 && first !== undefined ? first : Buffer.concat(pieces)
      chunk = undefined
      pieces = []
      return taken
    },
  }
}
