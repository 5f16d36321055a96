import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startHouse, type House } from '../support/gateway-process.ts'
import { INSTALL_CLIENTS, missing, npmClient } from '../support/require.ts'
import { run } from '../support/run.ts'
import { callsSeen, expectDone, newTask, type Task } from './task.ts'

const codex = npmClient('codex')
const reason = missing(codex, INSTALL_CLIENTS)

describe.skipIf(reason)(`Codex (${reason ?? 'installed'})`, () => {
  let house: House
  beforeAll(async () => {
    house = await startHouse()
  })
  afterAll(() => house.stop())
  beforeEach(() => {
    house.emulator.control.requests.clear()
  })

  const settings = (model: string, webSocket: boolean): string => `
model = "${model}"
model_provider = "jetway"
check_for_update_on_startup = false
[analytics]
enabled = false
[model_providers.jetway]
name = "Jetway"
base_url = "${house.url}/v1"
env_key = "JETWAY_KEY"
wire_api = "responses"
supports_websockets = ${webSocket}
`

  const ask = (task: Task, model: string, webSocket: boolean) => {
    const folder = join(task.folder, '.codex')
    mkdirSync(folder)
    writeFileSync(join(folder, 'config.toml'), settings(model, webSocket))
    const args = ['exec', '--skip-git-repo-check', '-s', 'danger-full-access', task.prompt]
    return run(codex, args, {
      cwd: task.folder,
      env: {
        PATH: process.env['PATH'] ?? '',
        HOME: house.home,
        CODEX_HOME: folder,
        JETWAY_KEY: house.key,
      },
    })
  }

  test('a server tool that the model lacks is left out after one refusal', async () => {
    const task = newTask(house.home)
    expectDone(task, await ask(task, 'gpt-5.4', false))
    // Codex offers its `web_search` always. GitHub bills no refusal, so the turn stays the person's.
    expect(callsSeen(house.emulator)).toEqual([
      'responses gpt-5.4 user 400 body',
      'responses gpt-5.4 user 200',
      'responses gpt-5.4 agent 200',
    ])
  })

  test.each([
    ['gpt-5.4', 'HTTP', 'responses gpt-5.4'],
    ['claude-sonnet-4.5', 'HTTP', 'messages claude-sonnet-4.5'],
    ['gpt-4o', 'HTTP', 'chat gpt-4o'],
    ['gpt-5.4', 'WebSocket', 'responses-ws-message gpt-5.4'],
    ['claude-sonnet-4.5', 'WebSocket', 'messages claude-sonnet-4.5'],
    ['gpt-4o', 'WebSocket', 'chat gpt-4o'],
  ])('a task with a tool on %s over %s', async (model, transport, upstream) => {
    const task = newTask(house.home)
    const ran = await ask(task, model, transport === 'WebSocket')
    expectDone(task, ran)
    expect(ran.stderr).not.toMatch(/Reconnecting|Falling back/)
    expect(callsSeen(house.emulator)).toEqual([`${upstream} user 200`, `${upstream} agent 200`])
  })
})
