import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { EXIT, ExitError } from '../exit-codes.ts'

export interface ClientRun {
  readonly file: string
  readonly words: readonly string[]
  readonly environment: Readonly<Record<string, string>>
  readonly signal: AbortSignal
}

/**
 * Gives the terminal to the client and resolves with its exit code. Ctrl-C is the client's own: it reaches it through the
 * terminal, and many use it to stop an answer, not to end. SIGTERM is handed on.
 */
export function runClient({ file, words, environment, signal }: ClientRun): Promise<number> {
  const others = process.listeners('SIGINT')
  process.removeAllListeners('SIGINT')
  const ignore = (): void => {}
  process.on('SIGINT', ignore)
  const done = (): void => {
    process.off('SIGINT', ignore)
    for (const listener of others) process.on('SIGINT', listener)
  }
  return new Promise<number>((resolve, reject) => {
    const child = spawn(...commandLine(file, words), { stdio: 'inherit', env: { ...environment } })
    const stop = (): void => {
      child.kill('SIGTERM')
    }
    signal.addEventListener('abort', stop, { once: true })
    child.once('error', (cause) => {
      reject(new ExitError(EXIT.failed, `${file} cannot be started: ${cause.message}`, { cause }))
    })
    child.once('exit', (code, killedBy) => {
      signal.removeEventListener('abort', stop)
      resolve(code ?? 128 + (killedBy === null ? 0 : constants.signals[killedBy]))
    })
  }).finally(done)
}

/** Windows starts a script only through its interpreter. https://nodejs.org/api/child_process.html */
export function commandLine(
  file: string,
  words: readonly string[],
): [file: string, words: string[]] {
  if (!/\.(cmd|bat)$/i.test(file)) return [file, [...words]]
  const quoted = [file, ...words].map((word) => `"${word.replaceAll('"', '""')}"`)
  return ['cmd.exe', ['/d', '/s', '/c', `"${quoted.join(' ')}"`]]
}
