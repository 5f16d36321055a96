import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startHouse, type House } from '../support/gateway-process.ts'
import { INSTALL_CLIENTS, missing, npmClient } from '../support/require.ts'
import { run } from '../support/run.ts'
import { callsSeen, expectDone, newTask } from './task.ts'

const claude = npmClient('claude')
const reason = missing(claude, INSTALL_CLIENTS)

describe.skipIf(reason)(`Claude Code (${reason ?? 'installed'})`, () => {
  let house: House
  beforeAll(async () => {
    house = await startHouse()
  })
  afterAll(() => house.stop())
  beforeEach(() => {
    house.emulator.control.requests.clear()
  })

  const ask = (model: string, folder: string, args: readonly string[], more = {}) =>
    run(claude, ['--allowedTools', 'Bash', ...args], {
      cwd: folder,
      env: {
        PATH: process.env['PATH'] ?? '',
        HOME: house.home,
        CLAUDE_CONFIG_DIR: join(house.home, 'claude'),
        ANTHROPIC_BASE_URL: house.url,
        ANTHROPIC_AUTH_TOKEN: house.key,
        ANTHROPIC_MODEL: model,
        ANTHROPIC_DEFAULT_HAIKU_MODEL: model,
        CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
        DISABLE_AUTOUPDATER: '1',
        DISABLE_TELEMETRY: '1',
        ...more,
      },
    })

  test.each([
    ['claude-sonnet-4-6', 'messages claude-sonnet-4.6'],
    ['gpt-4o', 'chat gpt-4o'],
    ['gpt-5.4', 'responses gpt-5.4'],
  ])('a task with a tool on %s', async (model, upstream) => {
    const task = newTask(house.home)
    expectDone(task, await ask(model, task.folder, ['-p', task.prompt]))
    expect(callsSeen(house.emulator)).toEqual([`${upstream} user 200`, `${upstream} agent 200`])
  })

  test('a model that refuses what Claude Code sends is asked again without it, once', async () => {
    const upstream = 'messages claude-sonnet-4.5'
    const first = newTask(house.home)
    expectDone(first, await ask('claude-sonnet-4-5', first.folder, ['-p', first.prompt]))
    // `context_management`: older models do not know it. GitHub bills no refusal, so the turn stays the person's.
    expect(callsSeen(house.emulator)).toEqual([
      `${upstream} user 400 body`,
      `${upstream} user 200`,
      `${upstream} agent 200`,
    ])
    house.emulator.control.requests.clear()
    const second = newTask(house.home)
    expectDone(second, await ask('claude-sonnet-4-5', second.folder, ['-p', second.prompt]))
    expect(callsSeen(house.emulator)).toEqual([`${upstream} user 200`, `${upstream} agent 200`])
  })

  test('counting its context costs nothing', async () => {
    const task = newTask(house.home)
    const ran = await ask('claude-sonnet-4-5', task.folder, ['-p', '/context'])
    expect(ran).toMatchObject({ code: 0, stdout: expect.stringContaining('Context') as string })
    // Counts that fail are asked again as messages, one for each tool.
    expect(callsSeen(house.emulator)).toEqual([])
  })
})
