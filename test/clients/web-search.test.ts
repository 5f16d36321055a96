import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startHouse, type House } from '../support/gateway-process.ts'
import { INSTALL_CLIENTS, missing, npmClient } from '../support/require.ts'
import { run } from '../support/run.ts'
import { callsSeen, newTask } from './task.ts'

/** The emulator has no model that searches; this is what one would answer, in the words of OpenAI's own documentation. */
const TEXT = 'Jetway 9 came out on Tuesday.'
const CALL = {
  type: 'web_search_call',
  id: 'ws_1',
  status: 'completed',
  action: { type: 'search', query: 'jetway release' },
}
const MESSAGE = {
  type: 'message',
  id: 'msg_1',
  role: 'assistant',
  status: 'completed',
  content: [
    {
      type: 'output_text',
      text: TEXT,
      annotations: [
        {
          type: 'url_citation',
          url: 'https://jetway.example/news',
          title: 'Jetway news',
          start_index: 0,
          end_index: 8,
        },
      ],
    },
  ],
}
const RESPONSE = {
  id: 'resp_1',
  object: 'response',
  created_at: 1,
  model: 'gpt-5.4',
  status: 'completed',
  output: [CALL, MESSAGE],
  usage: { input_tokens: 10, output_tokens: 4, total_tokens: 14 },
}
const STREAM = [
  { type: 'response.created', response: { ...RESPONSE, status: 'in_progress', output: [] } },
  { type: 'response.output_item.added', output_index: 0, item: CALL },
  { type: 'response.output_item.done', output_index: 0, item: CALL },
  { type: 'response.output_item.added', output_index: 1, item: { ...MESSAGE, content: [] } },
  { type: 'response.output_text.delta', output_index: 1, content_index: 0, delta: TEXT },
  { type: 'response.output_item.done', output_index: 1, item: MESSAGE },
  { type: 'response.completed', response: RESPONSE },
]
  .map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`)
  .join('')

const claude = npmClient('claude')
const reason = missing(claude, INSTALL_CLIENTS)

describe.skipIf(reason)(`searches of the web (${reason ?? 'installed'})`, () => {
  let house: House
  beforeAll(async () => {
    house = await startHouse({
      config: 'jetway: { web_search: { model: github_copilot/gpt-5.4 } }\n',
    })
    mkdirSync(join(house.home, '.gemini'))
    const settings = {
      security: { auth: { selectedType: 'gemini-api-key' } },
      privacy: { usageStatisticsEnabled: false },
      general: { disableAutoUpdate: true },
    }
    writeFileSync(join(house.home, '.gemini', 'settings.json'), JSON.stringify(settings))
  })
  afterAll(() => house.stop())
  beforeEach(() => {
    const { requests, faults } = house.emulator.control
    requests.clear()
    faults.clear()
    for (const stream of [true, false]) {
      const headers = { 'content-type': stream ? 'text/event-stream' : 'application/json' }
      const body = stream ? STREAM : RESPONSE
      const reply = { kind: 'reply', status: 200, headers, body } as const
      faults.add({ on: { route: 'responses', stream }, do: reply })
    }
  })

  /** What went to the model that searches. */
  const searches = () => house.emulator.control.requests.list({ route: 'responses' })

  test('Claude Code’s WebSearch', async () => {
    const { folder } = newTask(house.home)
    const ran = await run(
      claude,
      ['-p', 'call WebSearch {"query":"jetway release"}', '--allowedTools', 'WebSearch'],
      {
        cwd: folder,
        env: {
          PATH: process.env['PATH'] ?? '',
          HOME: house.home,
          CLAUDE_CONFIG_DIR: join(house.home, 'claude'),
          ANTHROPIC_BASE_URL: house.url,
          ANTHROPIC_AUTH_TOKEN: house.key,
          ANTHROPIC_MODEL: 'claude-sonnet-4-6',
          ANTHROPIC_DEFAULT_HAIKU_MODEL: 'claude-sonnet-4-6',
          CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
          DISABLE_AUTOUPDATER: '1',
          DISABLE_TELEMETRY: '1',
        },
      },
    )
    expect({ code: ran.code, said: ran.stdout.includes(TEXT) ? undefined : ran }).toEqual({
      code: 0,
      said: undefined,
    })
    expect(ran.stdout).toContain('https://jetway.example/news')
    expect(searches()).toMatchObject([
      { body: { model: 'gpt-5.4', tools: [{ type: 'web_search' }], tool_choice: 'required' } },
    ])
    const [first, , last] = callsSeen(house.emulator)
    expect([first, last]).toEqual([
      'messages claude-sonnet-4.6 user 200',
      'messages claude-sonnet-4.6 agent 200',
    ])
  })

  test('Gemini CLI’s google_web_search', async () => {
    const { folder } = newTask(house.home)
    const words = 'call google_web_search {"query":"jetway release"}'
    const ran = await run(
      npmClient('gemini'),
      ['--model', 'gemini-2.5-pro', '--yolo', '--prompt', words],
      {
        cwd: folder,
        env: {
          PATH: process.env['PATH'] ?? '',
          HOME: house.home,
          GEMINI_API_KEY: house.key,
          GOOGLE_GEMINI_BASE_URL: house.url,
          GEMINI_CLI_TRUST_WORKSPACE: 'true',
        },
      },
    )
    expect({ code: ran.code, said: ran.stdout.includes('Jetway 9') ? undefined : ran }).toEqual({
      code: 0,
      said: undefined,
    })
    expect(ran.stdout).toContain('Jetway news (https://jetway.example/news)')
    expect(searches()).toMatchObject([
      { body: { model: 'gpt-5.4', tools: [{ type: 'web_search' }] } },
    ])
  })
})
