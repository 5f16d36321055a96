/** A SIGHUP asks for the configuration to be read anew. */
export interface HangUps {
  /** Called for each from now on, and at once when one came before. */
  listen(onHangUp: () => void): void
  close(): void
}

/**
 * Hears SIGHUP from now on. A process that does not is ended by it, also in the moment before it listens: whoever deploys may
 * write the file, start and signal at once.
 */
export function hearHangUps(): HangUps {
  let listener: (() => void) | undefined
  let earlier = false
  const hear = (): void => {
    if (listener === undefined) earlier = true
    else listener()
  }
  process.on('SIGHUP', hear)
  return {
    listen(onHangUp) {
      listener = onHangUp
      if (earlier) onHangUp()
      earlier = false
    },
    close() {
      process.off('SIGHUP', hear)
    },
  }
}
