import { describe, expect, test } from 'vitest'
import type { Access } from '../../core/upstream.ts'
import { plainDraft } from '../__fixtures__/world.ts'
import { ACCESS, prepare } from './__fixtures__/prepared.ts'

describe('headers', () => {
  test("all the required ones, with the editor's values, for an exchanged token", () => {
    expect(prepare({}).headers).toEqual({
      'content-type': 'application/json',
      accept: 'application/json',
      'editor-version': 'vscode/1.99.2',
      'editor-plugin-version': 'copilot-chat/0.26.3',
      'copilot-integration-id': 'vscode-chat',
      'user-agent': 'GitHubCopilotChat/0.26.3',
      'openai-intent': 'conversation-agent',
      'x-github-api-version': '2025-04-01',
      'x-initiator': 'user',
      'x-interaction-type': 'conversation-agent',
      'x-request-id': 'request-1',
    })
  })

  test("the command line's identity for a GitHub token used directly", () => {
    const access: Access = { ...ACCESS, credential: 'direct' }
    expect(prepare({ draft: { access } }).headers).toMatchObject({
      'copilot-integration-id': 'copilot-developer-cli',
      'user-agent': 'copilot/1.0.78',
      'x-github-api-version': '2026-07-01',
    })
  })

  test('the path and the intent follow the wire', () => {
    expect(prepare({}).path).toBe('/chat/completions')
    expect(prepare({ model: 'reasoner', wire: 'responses' }).path).toBe('/responses')
    expect(prepare({ model: 'embeddings', wire: 'embeddings' }).path).toBe('/embeddings')
    const messages = prepare({ model: 'claude', wire: 'messages' })
    expect(messages.path).toBe('/v1/messages')
    expect(messages.headers).toMatchObject({
      'openai-intent': 'messages-proxy',
      'x-interaction-type': 'messages-proxy',
      'x-github-api-version': '2026-06-01',
      'anthropic-version': '2023-06-01',
    })
  })

  test('the environment, the configuration, the caller and extra headers, in that order', () => {
    const environment = {
      EDITOR_VERSION: 'env/1',
      EDITOR_PLUGIN_VERSION: 'env/1',
      VSCODE_MACHINE_ID: 'machine',
      VSCODE_SESSION_ID: 'session',
    }
    const identity = { 'Editor-Plugin-Version': 'config/1', 'openai-intent': '' }
    const { headers } = prepare({
      environment,
      identity,
      draft: {
        callerHeaders: new Map([
          ['editor-version', 'caller/1'],
          ['copilot-integration-id', 'caller'],
          ['vscode-sessionid', 'caller'],
          ['x-interaction-type', 'conversation-subagent'],
          ['user-agent', 'GithubCopilot/1.155.0'],
          ['anthropic-version', '2023-01-01'],
          ['x-github-api-version', '1999-01-01'],
          ['cookie', 'a=b'],
          ['x-stainless-lang', 'js'],
          ['content-type', 'text/plain'],
        ]),
        extraHeaders: {
          'copilot-integration-id': 'extra',
          'x-custom': 'yes',
          authorization: 'Bearer stolen',
          host: 'evil.example',
          connection: 'close',
        },
      },
    })
    expect(headers).toEqual({
      'content-type': 'application/json',
      accept: 'application/json',
      'editor-version': 'caller/1',
      'editor-plugin-version': 'config/1',
      'copilot-integration-id': 'extra',
      'user-agent': 'GithubCopilot/1.155.0',
      'vscode-machineid': 'machine',
      'vscode-sessionid': 'caller',
      'x-interaction-type': 'conversation-subagent',
      'x-github-api-version': '2025-04-01',
      'x-initiator': 'user',
      'x-request-id': 'request-1',
      'anthropic-version': '2023-01-01',
      'x-custom': 'yes',
    })
  })

  for (const [agent, passes] of [
    ['GithubCopilot/1.155.0', true],
    ['vscode/1.99.2', true],
    ['Neovim/0.11', true],
    ['JetBrains-IC/251', true],
    ['OpenAI/Python 1.40.0', false],
    ['claude-cli/2.1 (external)', false],
    ['curl/8.5.0', false],
    ['node', false],
    ['Mozilla/5.0', false],
  ] as const) {
    test(`user-agent ${agent} ${passes ? 'goes on' : 'stays'}`, () => {
      const { headers } = prepare({ draft: { callerHeaders: new Map([['user-agent', agent]]) } })
      expect(headers['user-agent']).toBe(passes ? agent : 'GitHubCopilotChat/0.26.3')
    })
  }

  test('the vision header only with images', () => {
    const facts = { ...plainDraft(ACCESS).facts, hasImages: true }
    expect(prepare({ draft: { facts } }).headers['copilot-vision-request']).toBe('true')
    expect(prepare({}).headers).not.toHaveProperty('copilot-vision-request')
  })

  test('a stream asks for events', () => {
    expect(prepare({ draft: { stream: true } }).headers['accept']).toBe('text/event-stream')
  })

  test('beta features Copilot does not know are left out and named', () => {
    const callerHeaders = new Map([
      [
        'anthropic-beta',
        'claude-code-20250219, interleaved-thinking-2025-05-14,context-1m-2025-08-07',
      ],
    ])
    const { headers, rewrites } = prepare({
      model: 'claude',
      wire: 'messages',
      draft: { callerHeaders },
    })
    expect(headers['anthropic-beta']).toBe('interleaved-thinking-2025-05-14')
    expect(rewrites).toEqual([
      {
        field: 'anthropic-beta',
        action: 'removed',
        reason:
          'Copilot refuses beta features it does not know: claude-code-20250219, context-1m-2025-08-07',
      },
    ])
    const none = prepare({
      model: 'claude',
      wire: 'messages',
      draft: { callerHeaders: new Map([['anthropic-beta', 'context-1m-2025-08-07']]) },
    })
    expect(none.headers).not.toHaveProperty('anthropic-beta')
  })

  test.each([
    ['2023-06-01', '2023-06-01', 0],
    ['2023-01-01', '2023-01-01', 0],
    ['2026-10-21', '2023-06-01', 1],
  ])('the version %s of the Messages API is sent as %s', (asked, sent, notes) => {
    const { headers, rewrites } = prepare({
      model: 'claude',
      wire: 'messages',
      draft: { callerHeaders: new Map([['anthropic-version', asked]]) },
    })
    expect(headers['anthropic-version']).toBe(sent)
    expect(rewrites.filter(({ field }) => field === 'anthropic-version')).toHaveLength(notes)
  })
})

describe('initiator', () => {
  const facts = {
    ...plainDraft(ACCESS).facts,
    lastTurn: 'agent' as const,
    lastTurnReason: 'the last message is a tool result',
  }
  for (const [name, draft, value, reason] of [
    ['the last turn, a human', {}, 'user', /human turn/],
    ['the last turn, a tool', { facts }, 'agent', /tool result/],
    ['the caller', { facts, callerHeaders: new Map([['x-initiator', 'User']]) }, 'user', /caller/],
    ['the deployment', { extraHeaders: { 'x-initiator': 'agent' } }, 'agent', /caller/],
    [
      'a second attempt',
      { attempt: 2, callerHeaders: new Map([['x-initiator', 'user']]) },
      'agent',
      /repeated/,
    ],
    [
      'nonsense is no word',
      { callerHeaders: new Map([['x-initiator', 'constructor']]) },
      'user',
      /human/,
    ],
  ] as const) {
    test(`by ${name}`, () => {
      const { initiator, headers } = prepare({ draft })
      expect(initiator.value).toBe(value)
      expect(initiator.reason).toMatch(reason)
      expect(headers['x-initiator']).toBe(value)
    })
  }
})
