import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createEmulator, type Emulator } from '../../src/emulator/index.ts'
import { doTask, HEADLESS } from '../clients/headless.ts'
import { callsSeen } from '../clients/task.ts'
import { environmentFor } from '../support/gateway-process.ts'
import { clients, INSTALL_CLIENTS, missing, root } from '../support/require.ts'
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
        PATH: `${dirname(HEADLESS[client]?.path ?? '')}:${process.env['PATH'] ?? ''}`,
        COPILOT_OAUTH_TOKEN: emulator.control.tokens.issue().value,
        COPILOT_PKG_CACHE_HOME: join(clients, 'copilot-packages'),
      },
    },
  )
}

interface Launched {
  /** Wires and models of the turns that reached Copilot. */
  readonly calls: RegExp
  /** How many of them there are at least. */
  readonly turns: number
  /** Of its own in the home folder: what a launch must leave out. */
  readonly settings: readonly string[]
}

const CLIENTS: Readonly<Record<string, Launched>> = {
  claude: {
    calls: /^messages claude-sonnet-\S+ (user|agent) 200$/,
    turns: 2,
    settings: ['.claude/settings.json'],
  },
  codex: {
    calls: /^responses\S* gpt-\S+ (user|agent) 200$/,
    turns: 2,
    settings: ['.codex/config.toml'],
  },
  copilot: { calls: /^responses gpt-\S+ (user|agent) 200$/, turns: 2, settings: [] },
  opencode: {
    calls: / 200$/,
    turns: 2,
    settings: ['.config/opencode/opencode.json', '.config/opencode/config.json'],
  },
  gemini: { calls: / 200$/, turns: 2, settings: ['.gemini/settings.json'] },
  qwen: { calls: / 200$/, turns: 2, settings: ['.qwen/settings.json', '.qwen/.env'] },
  continue: { calls: / 200$/, turns: 2, settings: ['.continue/config.yaml'] },
  // One answer holds the file.
  aider: { calls: /^chat \S+ user 200$/, turns: 1, settings: ['.aider.conf.yml'] },
}

describe.each(Object.entries(CLIENTS))('jetway launch %s', (name, { calls, turns, settings }) => {
  const reason = missing(HEADLESS[name]?.path ?? '', INSTALL_CLIENTS)
  test.skipIf(reason)(
    `a task of its own, on a gateway of its own (${reason ?? 'installed'})`,
    { timeout: 240_000 },
    async () => {
      await doTask(name, emulator, home, (words, folder) => launch(name, words, folder))
      const seen = callsSeen(emulator)
      const answered = seen.filter((call) => call.endsWith(' 200'))
      // What a model refuses (Codex offers a web search) is tried once on a wire in a gateway's life, and then left out.
      const refused = seen.filter((call) => !call.endsWith(' 200'))
      expect(refused).toEqual([...new Set(refused)])
      expect(refused.length).toBeLessThanOrEqual(2)
      expect(answered.length).toBeGreaterThanOrEqual(turns)
      for (const call of answered) expect(call).toMatch(calls)
      for (const file of settings) expect(existsSync(join(home, file))).toBe(false)
      expect(readdirSync(tmpdir()).filter((entry) => entry.startsWith(`jetway-${name}-`))).toEqual(
        [],
      )
    },
  )
})
