/**
 * Collects what a relay sends on for one chunk: ranges of that chunk, and events made anew between them. Neighbouring ranges
 * are joined by their positions, so a chunk that is kept whole is never copied.
 */
export class RelayOutput {
  #chunk: Buffer | undefined
  /** Made where there is more than one range: a chunk that is kept whole has none. */
  #pieces: Buffer[] | undefined
  #runStart = 0
  #runEnd = 0

  begin(chunk: Buffer | undefined): void {
    this.#chunk = chunk
    this.#pieces = undefined
    this.#runStart = this.#runEnd = 0
  }

  /** Hands on a range of `source` as it is. */
  keep(source: Buffer, start: number, end: number): void {
    if (source !== this.#chunk) {
      this.write(source.subarray(start, end))
      return
    }
    if (this.#runEnd !== start || this.#runEnd === this.#runStart) {
      this.#endRun()
      this.#runStart = start
    }
    this.#runEnd = end
  }

  /** The same for a piece that may have been kept from an earlier chunk. */
  keepPiece(piece: Buffer): void {
    const chunk = this.#chunk
    const start = piece.byteOffset - (chunk?.byteOffset ?? 0)
    const within =
      chunk !== undefined &&
      piece.buffer === chunk.buffer &&
      start >= 0 &&
      start + piece.length <= chunk.length
    if (within) this.keep(chunk, start, start + piece.length)
    else this.write(piece)
  }

  write(bytes: Buffer): void {
    this.#endRun()
    this.#runStart = this.#runEnd = 0
    if (bytes.length > 0) this.#add(bytes)
  }

  /** All of it in order; `original` itself when that is what it comes to. */
  take(original: Uint8Array): Uint8Array {
    const chunk = this.#chunk
    const isWhole = this.#pieces === undefined && this.#runStart === 0
    if (isWhole && this.#runEnd === chunk?.length) {
      this.#chunk = undefined
      return original
    }
    this.#endRun()
    const pieces = this.#pieces ?? []
    const [first] = pieces
    this.#chunk = undefined
    this.#pieces = undefined
    return pieces.length === 1 && first !== undefined ? first : Buffer.concat(pieces)
  }

  #endRun(): void {
    if (this.#chunk !== undefined && this.#runEnd > this.#runStart) {
      this.#add(this.#chunk.subarray(this.#runStart, this.#runEnd))
    }
    this.#runStart = this.#runEnd
  }

  #add(piece: Buffer): void {
    if (this.#pieces === undefined) this.#pieces = [piece]
    else this.#pieces.push(piece)
  }
}
