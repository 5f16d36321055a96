import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { transformSync } from 'esbuild'
import { createEmulator } from '../../src/emulator/index.ts'
import { environmentFor, readyUrl } from '../support/gateway-process.ts'
import { clients, root } from '../support/require.ts'
import { run, type Ran } from '../support/run.ts'
import type { Fence } from './fences.ts'

/** What a reader of a page has: a folder with the packages installed, a shell, and the gateway he started last. */
export interface PageSession {
  /** Runs a fence as the reader would; for `server`, until it is ready. */
  perform(fence: Fence): Promise<Ran>
  close(): Promise<void>
}

const PACKAGES = [
  '@ai-sdk',
  '@anthropic-ai',
  '@google',
  '@hono',
  '@opentelemetry',
  'ai',
  'hono',
  'ollama',
  'openai',
  'zod',
]
/** The gateway's usual port, and copilot-api's. */
const ADDRESS = /http:\/\/(?:127\.0\.0\.1|localhost):(?:4000|4141)/g

export interface PageOptions {
  /** Stands before each TypeScript fence of the page that imports nothing: its own names, made anew. */
  readonly prelude: string
  /** A GitHub token and a gateway's key in the environment, for pages that do not begin at the beginning. */
  readonly signedIn: boolean
}

export async function openPage({ prelude, signedIn }: PageOptions): Promise<PageSession> {
  const emulator = await createEmulator({ autoApproveAfterPolls: 1, deviceInterval: 1 })
  const home = mkdtempSync(join(tmpdir(), 'jetway-page-'))
  const project = makeProject(home)
  let environment: Record<string, string> = {
    ...environmentFor(emulator.url, home),
    PATH: `${join(project, 'node_modules', '.bin')}:${join(clients, 'python', 'venv', 'bin')}:${process.env['PATH'] ?? ''}`,
  }
  if (signedIn) {
    const token = emulator.control.tokens.issue().value
    environment = { ...environment, COPILOT_OAUTH_TOKEN: token, KEY: 'sk-any' }
  }
  mkdirSync(join(home, 'tokens'), { mode: 0o700 })
  writeFileSync(join(home, 'tokens', 'access-token'), emulator.control.tokens.issue().value, {
    mode: 0o600,
  })
  const servers: ChildProcess[] = []
  let url: string | undefined
  let count = 0

  const shell = async (text: string): Promise<Ran> => {
    const kept = join(home, 'environment')
    const script = `set -euo pipefail\n${text}\nenv -0 > ${kept}\n`
    const ran = await run('bash', ['-c', script], { env: environment, cwd: project })
    if (ran.code === 0) environment = readEnvironment(kept)
    return ran
  }
  const serve = async (text: string): Promise<Ran> => {
    const words = text.split(/\s+/)
    const args = words.length === 1 ? ['start'] : words.slice(1)
    const child = spawn(words[0] ?? '', [...args, '--port', '0'], {
      cwd: project,
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe'],
      // npx starts the command as a process of its own and does not end it: the group is ended as a whole.
      detached: true,
    })
    let log = ''
    child.stderr.setEncoding('utf8').on('data', (said: string) => (log += said))
    servers.push(child)
    const failed = once(child, 'error').then(([error]: unknown[]) => Promise.reject(error as Error))
    url = await Promise.race([readyUrl(child, () => log), failed])
    return { code: 0, stdout: url, stderr: log }
  }
  const script = (fence: Fence): Promise<Ran> => {
    const file = join(project, `snippet-${++count}.mjs`)
    const text = fence.text.includes('import ') ? fence.text : `${prelude}\n${fence.text}`
    const { code } = transformSync(text, { loader: 'ts', format: 'esm', target: 'node20' })
    writeFileSync(file, code)
    return run(process.execPath, [file], { env: environment, cwd: project })
  }

  return {
    async perform(given) {
      if (given.mark !== 'server' && url === undefined && given.text.search(ADDRESS) >= 0) {
        await serve('jetway')
      }
      const fence = { ...given, text: given.text.replaceAll(ADDRESS, url ?? '') }
      if (fence.mark === 'server') return serve(given.text)
      if (fence.language === 'sh') return shell(fence.text)
      if (fence.language === 'python') {
        return run('python', ['-c', fence.text], { env: environment, cwd: project })
      }
      if (fence.language === 'yaml') {
        const file = join(project, `snippet-${++count}.yaml`)
        writeFileSync(file, fence.text)
        const named = [...fence.text.matchAll(/os\.environ\/(\w+)/g)].map((match) => match[1] ?? '')
        const set = Object.fromEntries(named.map((name) => [name, 'sk-set-by-the-test']))
        const env = { ...set, ...environment }
        return run('jetway', ['config', 'check', file], { env, cwd: project })
      }
      return script(fence)
    },
    async close() {
      await Promise.all(servers.map(endGroup))
      await emulator.close()
      rmSync(home, { recursive: true, force: true })
    },
  }
}

async function endGroup(child: ChildProcess): Promise<void> {
  const { pid, exitCode } = child
  if (pid === undefined || exitCode !== null) return
  const gone = once(child, 'close')
  process.kill(-pid, 'SIGTERM')
  await gone
}

/** An empty project in which the packages that the pages speak of are installed. */
function makeProject(home: string): string {
  const project = join(home, 'project')
  const modules = join(project, 'node_modules')
  mkdirSync(join(modules, '.bin'), { recursive: true })
  for (const name of PACKAGES) symlinkSync(join(root, 'node_modules', name), join(modules, name))
  symlinkSync(root, join(modules, 'jetway'))
  symlinkSync(join(root, 'dist', 'jetway.js'), join(modules, '.bin', 'jetway'))
  writeFileSync(join(project, 'package.json'), JSON.stringify({ private: true, type: 'module' }))
  return project
}

function readEnvironment(file: string): Record<string, string> {
  const entries = readFileSync(file, 'utf8').split('\0').filter(Boolean)
  return Object.fromEntries(
    entries.map((entry) => {
      const at = entry.indexOf('=')
      return [entry.slice(0, at), entry.slice(at + 1)]
    }),
  )
}
