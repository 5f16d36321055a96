import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createEmulator, type Emulator } from '../../src/emulator/index.ts'
import { startHouse, type House } from '../support/gateway-process.ts'
import { clients, INSTALL_CLIENTS, missing, npmClient } from '../support/require.ts'
import { run } from '../support/run.ts'
import { callsSeen, expectDone, newTask, type Task } from './task.ts'

const copilot = npmClient('copilot')
const reason = missing(copilot, INSTALL_CLIENTS)

function ask(task: Task, home: string, environment: Record<string, string>, more: string[] = []) {
  const flags = ['--allow-all-tools', '--no-ask-user', '--disable-builtin-mcps', '--no-auto-update']
  return run(copilot, ['-p', task.prompt, ...flags, ...more], {
    cwd: task.folder,
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: home,
      // It unpacks 235 MB into each fresh cache.
      COPILOT_PKG_CACHE_HOME: join(clients, 'copilot-packages'),
      COPILOT_AUTO_UPDATE: 'false',
      ...environment,
    },
  })
}

describe.skipIf(reason)(`GitHub Copilot CLI (${reason ?? 'installed'})`, () => {
  describe('signed in, with the emulator as GitHub', () => {
    let emulator: Emulator
    let home: string
    beforeAll(async () => {
      emulator = await createEmulator()
      home = mkdtempSync(join(tmpdir(), 'copilot-cli-'))
    })
    afterAll(async () => {
      await emulator.close()
      rmSync(home, { recursive: true, force: true })
    })
    beforeEach(() => {
      emulator.control.requests.clear()
    })

    const asGitHub = (task: Task, model: string) => {
      const environment = {
        COPILOT_GITHUB_TOKEN: emulator.control.tokens.issue({ kind: 'gho', app: 'copilot-cli' })
          .value,
        COPILOT_DEBUG_GITHUB_API_URL: emulator.url,
      }
      return ask(task, home, environment, ['--model', model])
    }

    test.each([
      ['gpt-4o', 'chat gpt-4o'],
      ['claude-sonnet-4.6', 'messages claude-sonnet-4.6'],
      ['gpt-5.4', 'responses-ws-message gpt-5.4'],
      ['gpt-5.3-codex', 'responses-ws-message gpt-5.3-codex'],
    ])('a task with a tool on %s', async (model, wire) => {
      const task = newTask(home)
      expectDone(task, await asGitHub(task, model))
      expect(callsSeen(emulator)).toEqual([`${wire} user 200`, `${wire} agent 200`])
    })

    test('over HTTP it sends back item ids of another connection, and heals itself', async () => {
      const task = newTask(home)
      expectDone(task, await asGitHub(task, 'gpt-5-mini'))
      const wire = 'responses gpt-5-mini'
      expect(callsSeen(emulator)).toEqual([
        `${wire} user 200`,
        `${wire} agent 401 connection`,
        `${wire} agent 200`,
      ])
    })
  })

  describe('with Jetway as its own provider', () => {
    let house: House
    beforeAll(async () => {
      house = await startHouse()
    })
    afterAll(() => house.stop())
    beforeEach(() => {
      house.emulator.control.requests.clear()
    })

    const openai = { COPILOT_PROVIDER_TYPE: 'openai' }
    const responses = { ...openai, COPILOT_PROVIDER_WIRE_API: 'responses' }
    const webSocket = { ...responses, COPILOT_PROVIDER_TRANSPORT: 'websockets' }
    const anthropic = { COPILOT_PROVIDER_TYPE: 'anthropic' }

    test.each([
      ['completions', openai, 'gpt-4o', 'chat gpt-4o'],
      ['completions', openai, 'gpt-5.4', 'responses gpt-5.4'],
      ['responses', responses, 'gpt-5.4', 'responses gpt-5.4'],
      ['responses', responses, 'claude-sonnet-4.5', 'messages claude-sonnet-4.5'],
      ['websockets', webSocket, 'gpt-5.4', 'responses-ws-message gpt-5.4'],
      ['websockets', webSocket, 'gpt-4o', 'chat gpt-4o'],
      ['anthropic', anthropic, 'claude-sonnet-4.5', 'messages claude-sonnet-4.5'],
      ['anthropic', anthropic, 'gpt-5.4', 'responses gpt-5.4'],
    ])('a task with a tool over %s', async (_, provider, model, upstream) => {
      const task = newTask(house.home)
      const base = provider.COPILOT_PROVIDER_TYPE === 'anthropic' ? house.url : `${house.url}/v1`
      const ran = await ask(task, house.home, {
        COPILOT_OFFLINE: 'true',
        COPILOT_PROVIDER_BASE_URL: base,
        COPILOT_PROVIDER_API_KEY: house.key,
        COPILOT_MODEL: model,
        ...provider,
      })
      expectDone(task, ran)
      expect(callsSeen(house.emulator)).toEqual([`${upstream} user 200`, `${upstream} agent 200`])
    })
  })
})
