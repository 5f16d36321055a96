import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const root = join(dirname(fileURLToPath(import.meta.url)), '../../..')

/** The command as it ships, compiled from the sources of now. Inside the repository, so that it finds its dependencies. */
export interface BuiltCommand extends Disposable {
  /** Runs to the end. */
  run(words: readonly string[], options?: RunOptions): Promise<Finished>
  /** Starts one that goes on until it is stopped. */
  start(words: readonly string[], options?: RunOptions): Running
}

interface RunOptions {
  readonly environment?: Readonly<Record<string, string>>
  readonly input?: string
  readonly folder?: string
}

interface Finished {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface Running {
  readonly child: ChildProcess
  /** Resolves with the match as soon as stdout or stderr has it; rejects when the command ends without. */
  waitFor(channel: 'stdout' | 'stderr', pattern: RegExp): Promise<RegExpExecArray>
  stop(signal: NodeJS.Signals): Promise<Finished>
  readonly ended: Promise<Finished>
}

export async function buildCommand(): Promise<BuiltCommand> {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    readonly version: string
    readonly dependencies: Readonly<Record<string, string>>
    readonly optionalDependencies: Readonly<Record<string, string>>
  }
  mkdirSync(join(root, '.cache'), { recursive: true })
  const folder = mkdtempSync(join(root, '.cache/command-'))
  await build({
    absWorkingDir: root,
    entryPoints: { jetway: 'src/cli/main.ts' },
    outdir: folder,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    outExtension: { '.js': '.mjs' },
    external: [
      ...Object.keys(manifest.dependencies),
      ...Object.keys(manifest.optionalDependencies),
    ],
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
    define: { 'process.env.JETWAY_VERSION': JSON.stringify(manifest.version) },
    logLevel: 'silent',
  })
  const file = join(folder, 'jetway.mjs')
  return {
    run(words, options = {}) {
      const running = startCommand(file, words, options)
      running.child.stdin?.end(options.input ?? '')
      return running.ended
    },
    start: (words, options = {}) => startCommand(file, words, options),
    [Symbol.dispose]() {
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function startCommand(file: string, words: readonly string[], options: RunOptions): Running {
  const child = spawn(process.execPath, [file, ...words], {
    env: { PATH: process.env['PATH'] ?? '', HOME: '/nonexistent', ...options.environment },
    cwd: options.folder ?? root,
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const said = { stdout: '', stderr: '' }
  const listeners = new Set<() => void>()
  for (const channel of ['stdout', 'stderr'] as const) {
    child[channel].setEncoding('utf8').on('data', (text: string) => {
      said[channel] += text
      for (const listener of listeners) listener()
    })
  }
  const ended = new Promise<Finished>((resolve) => {
    child.on('close', (code, signal) => {
      resolve({ code: code ?? (signal === 'SIGKILL' ? 137 : null), ...said })
      for (const listener of listeners) listener()
    })
  })
  return {
    child,
    ended,
    waitFor: (channel, pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const match = pattern.exec(said[channel])
          if (match) {
            listeners.delete(look)
            resolve(match)
          } else if (child.exitCode !== null || child.signalCode !== null) {
            listeners.delete(look)
            reject(new Error(`ended without ${pattern}:\n${said.stdout}\n${said.stderr}`))
          }
        }
        listeners.add(look)
        look()
      }),
    stop(signal) {
      child.kill(signal)
      return ended
    },
  }
}
