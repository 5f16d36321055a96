import { mkdtempSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startHouse, type House } from '../support/gateway-process.ts'
import { INSTALL_CLIENTS, missing, npmClient } from '../support/require.ts'
import { run } from '../support/run.ts'
import { callsSeen, expectDone, newTask } from './task.ts'

const opencode = npmClient('opencode')
const reason = missing(opencode, INSTALL_CLIENTS)

describe.skipIf(reason)(`OpenCode (${reason ?? 'installed'})`, () => {
  let house: House
  beforeAll(async () => {
    house = await startHouse()
  })
  afterAll(() => house.stop())
  beforeEach(() => {
    house.emulator.control.requests.clear()
  })

  const settings = (npm: string, path: string, model: string) => ({
    share: 'disabled',
    autoupdate: false,
    permission: 'allow',
    model: `jetway/${model}`,
    small_model: `jetway/${model}`,
    provider: {
      jetway: {
        npm,
        name: 'Jetway',
        options: { baseURL: house.url + path, apiKey: house.key },
        models: {
          [model]: { name: model, tool_call: true, limit: { context: 128_000, output: 16_000 } },
        },
      },
    },
  })

  test.each([
    ['@ai-sdk/openai-compatible', '/v1', 'gpt-4o', 'chat gpt-4o'],
    ['@ai-sdk/openai-compatible', '/v1', 'gpt-5.4', 'responses gpt-5.4'],
    ['@ai-sdk/openai', '/v1', 'gpt-5.4', 'responses gpt-5.4'],
    ['@ai-sdk/openai', '/v1', 'gpt-4o', 'chat gpt-4o'],
    ['@ai-sdk/anthropic', '/v1', 'claude-sonnet-4.5', 'messages claude-sonnet-4.5'],
    ['@ai-sdk/anthropic', '/v1', 'gpt-5.4', 'responses gpt-5.4'],
    ['@ai-sdk/google', '/v1beta', 'gemini-2.5-pro', 'chat gemini-2.5-pro'],
    ['@ai-sdk/google', '/v1beta', 'claude-sonnet-4.5', 'messages claude-sonnet-4.5'],
  ])('a task with a tool through %s (%s) on %s', async (npm, path, model, upstream) => {
    const task = newTask(house.home)
    const file = join(task.folder, 'opencode.json')
    writeFileSync(file, JSON.stringify(settings(npm, path, model)))
    const ran = await run(opencode, ['run', '--model', `jetway/${model}`, task.prompt], {
      cwd: task.folder,
      env: {
        PATH: process.env['PATH'] ?? '',
        // Its own each time: one that is killed leaves locks behind that hold up the next.
        HOME: mkdtempSync(join(house.home, 'opencode-')),
        OPENCODE_CONFIG: file,
        OPENCODE_DISABLE_MODELS_FETCH: '1',
        OPENCODE_DISABLE_AUTOUPDATE: '1',
      },
    })
    expectDone(task, ran)
    // It asks for a title beside the first turn, and does not say that nobody asked for one.
    const first = `${upstream} user 200`
    expect(callsSeen(house.emulator)).toEqual([first, first, `${upstream} agent 200`])
  })
})
