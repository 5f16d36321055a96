/** Resolves when the signal aborts: a server's command waits here. */
export function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else {
      // A pending promise alone does not keep Node alive; the server it waits for does.
      signal.addEventListener('abort', () => resolve(), { once: true })
    }
  })
}
