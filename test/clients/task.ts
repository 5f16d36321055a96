import { existsSync, mkdirSync, mkdtempSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { Emulator } from '../../src/emulator/index.ts'
import type { Ran } from '../support/run.ts'

/** What a client is asked to do: one command of its shell tool, whose output no prompt holds. */
export interface Task {
  /** A folder of its own, where the client is started. */
  readonly folder: string
  readonly prompt: string
  readonly file: string
}

const OUTPUT = 'task-42-done'

/** The emulator answers a line that begins with `run:` with a call of the client's own shell tool. */
export function newTask(home: string): Task {
  mkdirSync(join(home, 'work'), { recursive: true })
  const folder = mkdtempSync(join(home, 'work', 'task-'))
  return {
    folder,
    // No `$(…)`: some clients refuse it as an injection.
    prompt: "run: printf '%s-42-done' task | tee ran.txt",
    file: join(folder, 'ran.txt'),
  }
}

/** The client ended well, its tool really ran, and its last words quote what the tool printed. */
export function expectDone(task: Task, ran: Ran): void {
  const written = existsSync(task.file) ? readFileSync(task.file, 'utf8').trim() : undefined
  const last = ran.stdout.split('The tool answered:').at(-1) ?? ''
  const done = { code: ran.code, written, quoted: last.includes(OUTPUT) }
  // What the client said belongs to the failure: it alone tells why.
  const said = done.quoted ? undefined : ran
  expect({ ...done, said }).toEqual({ code: 0, written: OUTPUT, quoted: true, said: undefined })
}

const ROUTES = new Set(['chat', 'responses', 'responses-ws-message', 'messages'])

/**
 * The model calls that reached Copilot, in order, one line each: wire, model, initiator, status, the gate that refused,
 * and whatever a careful client would not have sent.
 */
export function callsSeen(emulator: Emulator): string[] {
  return emulator.control.requests
    .list()
    .filter(({ route }) => ROUTES.has(route))
    .map(({ route, model, initiator, status, gate, remarks }) =>
      [route, model, initiator, status, ...(gate === 'passed' ? [] : [gate]), ...remarks].join(' '),
    )
}
