import { spawn } from 'node:child_process'

export interface Ran {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs a program to its end; what it prints is kept apart. */
export function run(
  command: string,
  args: readonly string[],
  options: {
    readonly env: Record<string, string>
    readonly cwd?: string
    readonly input?: string
    readonly timeoutMs?: number
  },
): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: options.env,
      stdio: ['pipe', 'pipe', 'pipe'],
      timeout: options.timeoutMs ?? 120_000,
    })
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
    child.once('error', reject)
    // One that ends without reading has said all it has to say.
    child.stdin.on('error', () => {})
    child.once('close', (code) => {
      resolve({ code, stdout, stderr })
    })
    child.stdin.end(options.input ?? '')
  })
}

/** The one JSON line that a client script prints; with what went wrong where there is none. */
export function jsonOf<Shape>(ran: Ran): Shape {
  const line = ran.stdout.trim().split('\n').at(-1) ?? ''
  if (ran.code !== 0 || !line.startsWith('{')) {
    throw new Error(`exit ${ran.code}\n${ran.stdout}\n${ran.stderr}`)
  }
  return JSON.parse(line) as Shape
}
