import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startHouse, type House } from '../support/gateway-process.ts'
import { INSTALL_CLIENTS, missing, npmClient } from '../support/require.ts'
import { run } from '../support/run.ts'
import { callsSeen, expectDone, newTask } from './task.ts'

const gemini = npmClient('gemini')
const reason = missing(gemini, INSTALL_CLIENTS)

/** Without a type it picks `gateway` when a base URL is set, and then refuses that itself. */
const SETTINGS = {
  security: { auth: { selectedType: 'gemini-api-key' } },
  privacy: { usageStatisticsEnabled: false },
  general: { disableAutoUpdate: true },
}

describe.skipIf(reason)(`Gemini CLI (${reason ?? 'installed'})`, () => {
  let house: House
  beforeAll(async () => {
    house = await startHouse()
    mkdirSync(join(house.home, '.gemini'))
    writeFileSync(join(house.home, '.gemini', 'settings.json'), JSON.stringify(SETTINGS))
  })
  afterAll(() => house.stop())
  beforeEach(() => {
    house.emulator.control.requests.clear()
  })

  test.each([
    ['gemini-2.5-pro', 'chat gemini-2.5-pro'],
    ['claude-sonnet-4.5', 'messages claude-sonnet-4.5'],
    ['gpt-5.4', 'responses gpt-5.4'],
  ])('a task with a tool on %s', async (model, upstream) => {
    const task = newTask(house.home)
    const args = ['--model', model, '--yolo', '--prompt', task.prompt]
    const ran = await run(gemini, args, {
      cwd: task.folder,
      env: {
        PATH: process.env['PATH'] ?? '',
        HOME: house.home,
        GEMINI_API_KEY: house.key,
        GOOGLE_GEMINI_BASE_URL: house.url,
        GEMINI_CLI_TRUST_WORKSPACE: 'true',
      },
    })
    expectDone(task, ran)
    expect(callsSeen(house.emulator)).toEqual([`${upstream} user 200`, `${upstream} agent 200`])
  })
})
