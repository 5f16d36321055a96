import type { Clock } from '../../core/clock.ts'

/** Runs `work` again and again, one after the other, each about `everyMs` after the last. Returns the stop. */
export function repeat(
  clock: Clock,
  everyMs: number,
  work: () => Promise<unknown>,
  onFailure: (error: unknown) => void,
): () => void {
  let stopped = false
  let cancel = (): void => {}
  const arm = (): void => {
    // Replicas that started together shall not all come at once.
    cancel = clock.setTimer(everyMs * (0.8 + 0.4 * Math.random()), () => {
      work()
        .catch(onFailure)
        .finally(() => {
          if (!stopped) arm()
        })
    })
  }
  arm()
  return () => {
    stopped = true
    cancel()
  }
}
