import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createEmulator, type Emulator } from '../../src/emulator/index.ts'
import { callsSeen, expectDone, newTask } from '../clients/task.ts'
import { environmentFor } from '../support/gateway-process.ts'
import { clients, INSTALL_CLIENTS, missing, npmClient, root } from '../support/require.ts'
import { run, type Ran } from '../support/run.ts'

let emulator: Emulator
let home: string

beforeAll(async () => {
  emulator = await createEmulator()
  home = mkdtempSync(join(tmpdir(), 'jetway-launched-'))
})
afterAll(async () => {
  await emulator.close()
  rmSync(home, { recursive: true, force: true })
})

/** As a person does it, with nothing set up: no gateway runs, and the client was never started in this home. */
function launch(client: string, words: readonly string[], folder: string): Promise<Ran> {
  return run(
    process.execPath,
    [join(root, 'dist', 'jetway.js'), 'launch', client, '--port', '1', '--', ...words],
    {
      cwd: folder,
      env: {
        ...environmentFor(emulator.url, home),
        PATH: `${dirname(npmClient('claude'))}:${process.env['PATH'] ?? ''}`,
        COPILOT_OAUTH_TOKEN: emulator.control.tokens.issue().value,
        COPILOT_PKG_CACHE_HOME: join(clients, 'copilot-packages'),
      },
    },
  )
}

interface Launched {
  readonly words: (prompt: string) => readonly string[]
  /** Wires and models of the turns that reached Copilot. */
  readonly calls: RegExp
  /** Of its own in the home folder: what a launch must leave out. */
  readonly settings: readonly string[]
}

const CLIENTS: Readonly<Record<string, Launched>> = {
  claude: {
    words: (prompt) => ['-p', prompt, '--allowedTools', 'Bash'],
    calls: /^messages claude-sonnet-\S+ (user|agent) 200$/,
    settings: ['.claude/settings.json'],
  },
  codex: {
    words: (prompt) => ['exec', '--skip-git-repo-check', '-s', 'danger-full-access', prompt],
    calls: /^responses\S* gpt-\S+ (user|agent) 200$/,
    settings: ['.codex/config.toml'],
  },
  copilot: {
    words: (prompt) => [
      '-p',
      prompt,
      '--allow-all-tools',
      '--no-ask-user',
      '--disable-builtin-mcps',
      '--no-auto-update',
    ],
    calls: /^responses gpt-\S+ (user|agent) 200$/,
    settings: [],
  },
  opencode: {
    words: (prompt) => ['run', prompt],
    calls: / 200$/,
    settings: ['.config/opencode/opencode.json', '.config/opencode/config.json'],
  },
  gemini: {
    words: (prompt) => ['--prompt', prompt, '--yolo', '--skip-trust'],
    calls: / 200$/,
    settings: ['.gemini/settings.json'],
  },
}

describe.each(Object.entries(CLIENTS))('jetway launch %s', (name, { words, calls, settings }) => {
  const reason = missing(npmClient(name), INSTALL_CLIENTS)
  test.skipIf(reason)(
    `a task with a tool, on a gateway of its own (${reason ?? 'installed'})`,
    { timeout: 240_000 },
    async () => {
      emulator.control.requests.clear()
      const task = newTask(home)
      const ran = await launch(name, words(task.prompt), task.folder)
      expectDone(task, ran)
      const seen = callsSeen(emulator)
      // What a model refuses (Codex offers a web search) is tried once in a gateway's life, and then left out.
      const answered = seen.filter((call) => call.endsWith(' 200'))
      expect(seen.length - answered.length).toBeLessThanOrEqual(1)
      expect(answered.length).toBeGreaterThanOrEqual(2)
      for (const call of answered) expect(call).toMatch(calls)
      for (const file of settings) expect(existsSync(join(home, file))).toBe(false)
      expect(readdirSync(tmpdir()).filter((entry) => entry.startsWith(`jetway-${name}-`))).toEqual(
        [],
      )
    },
  )
})
