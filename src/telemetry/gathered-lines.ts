/** Lines that wait to be written together. */
export interface GatheredLines {
  add(line: string): void
  /** Hands over what waits, at once. */
  flush(): void
}

/** What waits is handed over at this many characters, or after this long. */
const MOST_CHARACTERS = 65_536
const LONGEST_WAIT_MS = 1000

/**
 * Hands lines over many at a time. A stream of pino's (sonic-boom 4) measures all that waits in it with every write, and so
 * copies it: 6 KB for each line of 600 bytes, a tenth of what a call allocates.
 */
export function createGatheredLines(write: (text: string) => void): GatheredLines {
  let lines: string[] = []
  let characters = 0
  let timer: NodeJS.Timeout | undefined

  const flush = (): void => {
    clearTimeout(timer)
    timer = undefined
    if (lines.length === 0) return
    const text = lines.join('')
    lines = []
    characters = 0
    write(text)
  }
  return {
    add(line) {
      lines.push(line)
      characters += line.length
      if (characters >= MOST_CHARACTERS) flush()
      else timer ??= setTimeout(flush, LONGEST_WAIT_MS).unref()
    },
    flush,
  }
}
