import type { Clock } from '../../core/clock.ts'
import type { Terminal } from '../command.ts'

/** One line that counts down until the code is too old; erased by the function it returns. */
export function startCountdown(terminal: Terminal, clock: Clock, expiresAtMs: number): () => void {
  if (!terminal.interactive) return () => {}
  let cancel = (): void => {}
  const draw = (): void => {
    const seconds = Math.max(0, Math.round((expiresAtMs - clock.now()) / 1000))
    terminal.control(`\r\u001B[2K${terminal.paint.dim(`waiting, ${formatSeconds(seconds)} left`)}`)
    if (seconds > 0) cancel = clock.setTimer(1000, draw)
  }
  draw()
  return () => {
    cancel()
    terminal.control('\r\u001B[2K')
  }
}

function formatSeconds(seconds: number): string {
  const minutes = Math.floor(seconds / 60)
  return `${minutes}:${String(seconds % 60).padStart(2, '0')}`
}
