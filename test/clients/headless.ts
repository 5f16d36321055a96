import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { Emulator } from '../../src/emulator/index.ts'
import { aiderPath, npmClient } from '../support/require.ts'
import type { Ran } from '../support/run.ts'
import { expectDone, newTask } from './task.ts'

/** A client that does one task without a person. */
export interface Headless {
  readonly path: string
  readonly words: (prompt: string) => readonly string[]
}

/** By the names that `jetway launch` has for them. */
export const HEADLESS: Readonly<Record<string, Headless>> = {
  claude: {
    path: npmClient('claude'),
    words: (prompt) => ['-p', prompt, '--allowedTools', 'Bash'],
  },
  codex: {
    path: npmClient('codex'),
    words: (prompt) => ['exec', '--skip-git-repo-check', '-s', 'danger-full-access', prompt],
  },
  copilot: {
    path: npmClient('copilot'),
    words: (prompt) => [
      '-p',
      prompt,
      '--allow-all-tools',
      '--no-ask-user',
      '--disable-builtin-mcps',
      '--no-auto-update',
    ],
  },
  opencode: { path: npmClient('opencode'), words: (prompt) => ['run', prompt] },
  gemini: {
    path: npmClient('gemini'),
    words: (prompt) => ['--prompt', prompt, '--yolo', '--skip-trust'],
  },
  qwen: { path: npmClient('qwen'), words: (prompt) => ['--prompt', prompt, '--yolo'] },
  continue: { path: npmClient('cn'), words: (prompt) => ['--print', '--auto', prompt] },
  aider: {
    path: aiderPath,
    words: (prompt) => ['--no-git', '--yes-always', '--edit-format=whole', `--message=${prompt}`],
  },
}

type Start = (words: readonly string[], folder: string) => Promise<Ran>

/** Has it do a task with its own tool, and looks whether it is done. */
export async function doTask(name: string, emulator: Emulator, home: string, start: Start) {
  const client = HEADLESS[name]
  if (client === undefined) throw new Error(`nobody knows how to ask ${name}`)
  emulator.control.requests.clear()
  const task = newTask(home)
  if (name === 'aider') return writeFile(client, emulator, task.folder, start)
  const ran = await start(client.words(task.prompt), task.folder)
  expectDone(task, ran)
  return ran
}

/** Aider has no tools: it writes files from what an answer says. */
async function writeFile(client: Headless, emulator: Emulator, folder: string, start: Start) {
  const content = 'done.txt\n```\ntask-42-done\n```\n'
  const chunk = (delta: object, reason: string | null): string => {
    const choices = [{ index: 0, delta, finish_reason: reason }]
    return `data: ${JSON.stringify({ id: '1', created: 1, model: 'm', choices })}\n\n`
  }
  const { id } = emulator.control.faults.add({
    on: { route: 'chat' },
    do: {
      kind: 'reply',
      status: 200,
      headers: { 'content-type': 'text/event-stream' },
      body: `${chunk({ role: 'assistant', content }, null)}${chunk({}, 'stop')}data: [DONE]\n\n`,
    },
  })
  try {
    const ran = await start(client.words('Make done.txt.'), folder)
    const file = join(folder, 'done.txt')
    const written = existsSync(file) ? readFileSync(file, 'utf8') : undefined
    const said = written === undefined ? ran : undefined
    expect({ code: ran.code, written, said }).toEqual({
      code: 0,
      written: 'task-42-done\n',
      said: undefined,
    })
    return ran
  } finally {
    emulator.control.faults.remove({ id })
  }
}
