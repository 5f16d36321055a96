import { execFileSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { clientEnvironment } from '../launch/client-environment.ts'
import { commandLine } from '../launch/run-client.ts'
import { SHELLS, shellLines, usualShell } from '../env/shell-lines.ts'
import { SETUPS } from '../setup/specs.ts'
import { CLIENT_NAMES, LAUNCHABLE_NAMES, SETUP_NAMES } from '../table/client-commands.ts'
import { chooseModel, dashed, GPT, newestOf, SONNET } from './choose-model.ts'
import type { ClientTarget } from './client.ts'
import { CLIENTS, findClient, LAUNCHABLE } from './clients.ts'

const MODELS = [
  'claude-sonnet-4',
  'claude-sonnet-4.6',
  'claude-sonnet-4.5',
  'claude-haiku-4.5',
  'gpt-4o',
  'gpt-5.4',
  'gpt-5.4-mini',
  'gpt-5-mini',
]
const TARGET: ClientTarget = {
  url: 'http://127.0.0.1:4000',
  key: 'sk-secret-1234',
  model: undefined,
  models: MODELS,
  folder: '/private',
}

test("the command line's names are those of the table", () => {
  expect(CLIENTS.map(({ name }) => name)).toEqual(CLIENT_NAMES)
  expect(LAUNCHABLE.map(({ name }) => name)).toEqual(LAUNCHABLE_NAMES)
  expect(SETUPS.map(({ client }) => client)).toEqual(SETUP_NAMES.toSorted(byTable))
})
const byTable = (one: string, other: string): number => order(one) - order(other)
const order = (name: string): number => SETUPS.findIndex(({ client }) => client === name)

test.each([
  ['claude-code', 'claude'],
  ['cn', 'continue'],
])('%s is %s', (word, name) => {
  expect(findClient(word).name).toBe(name)
})

describe('the model', () => {
  test.each([
    [undefined, MODELS, 'claude-sonnet-4.6'],
    ['gpt-4o', MODELS, 'gpt-4o'],
    [undefined, ['gpt-4o', 'gpt-4.1', 'gpt-5.4'], 'gpt-5.4'],
    [
      undefined,
      ['claude-sonnet-4-20250514', 'claude-sonnet-4-5-20250929'],
      'claude-sonnet-4-5-20250929',
    ],
    [undefined, [], 'otherwise'],
  ])('%j of %j is %s', (model, models, chosen) => {
    expect(chooseModel({ model, models }, [SONNET, GPT], 'otherwise')).toBe(chosen)
  })
  test('Claude Code gets dashes, and a small model of its own', () => {
    expect(dashed('claude-sonnet-4.6')).toBe('claude-sonnet-4-6')
    expect(dashed('gpt-5.4')).toBe('gpt-5.4')
    expect(newestOf(MODELS, [/^none/])).toBeUndefined()
    expect(findClient('claude').environment(TARGET)).toMatchObject({
      ANTHROPIC_BASE_URL: 'http://127.0.0.1:4000',
      ANTHROPIC_AUTH_TOKEN: 'sk-secret-1234',
      ANTHROPIC_MODEL: 'claude-sonnet-4-6',
      ANTHROPIC_DEFAULT_HAIKU_MODEL: 'claude-haiku-4-5',
      ANTHROPIC_DEFAULT_OPUS_MODEL: 'claude-sonnet-4-6',
    })
  })
  test('Copilot CLI speaks what the model speaks', () => {
    const { environment } = findClient('copilot')
    expect(environment(TARGET)).toMatchObject({
      COPILOT_PROVIDER_BASE_URL: 'http://127.0.0.1:4000/v1',
      COPILOT_PROVIDER_WIRE_API: 'responses',
      COPILOT_MODEL: 'gpt-5.4',
    })
    expect(environment({ ...TARGET, model: 'gpt-4o' })).toMatchObject({
      COPILOT_PROVIDER_WIRE_API: 'completions',
    })
    expect(environment({ ...TARGET, model: 'claude-sonnet-4.6' })).toMatchObject({
      COPILOT_PROVIDER_TYPE: 'anthropic',
      COPILOT_PROVIDER_BASE_URL: 'http://127.0.0.1:4000',
    })
  })
})

test.each(CLIENTS.map((client) => [client.name, client] as const))(
  '%s: no key on the command line, and it finds the gateway',
  (_, client) => {
    expect(JSON.stringify(client.words?.(TARGET) ?? [])).not.toContain(TARGET.key)
    const all = JSON.stringify([
      client.environment(TARGET),
      client.words?.(TARGET),
      client.files?.(TARGET),
    ])
    expect(all).toContain(TARGET.url)
    expect(all).toContain(TARGET.key)
  },
)

test("a client's environment: no secret of ours, nothing that leads elsewhere, no proxy before the gateway", () => {
  const environment = clientEnvironment(
    {
      HOME: '/home/me',
      ANTHROPIC_API_KEY: 'sk-ant',
      JETWAY_MASTER_KEY: 'sk-master',
      COPILOT_OAUTH_TOKEN: 'gho_x',
      HTTPS_PROXY: 'http://proxy:3128',
      NO_PROXY: 'intranet',
    },
    findClient('claude'),
    TARGET,
  )
  expect(environment).toMatchObject({
    HOME: '/home/me',
    NO_PROXY: 'intranet,127.0.0.1,localhost,::1',
  })
  expect(Object.keys(environment)).not.toContain('ANTHROPIC_API_KEY')
  expect(JSON.stringify(environment)).not.toMatch(/sk-master|gho_x|sk-ant/)
})

describe('lines for a shell', () => {
  const value = `a'b"c$HOME\\d %PATH% \`id\``
  test('bash gives the value back as it was', () => {
    const script = `${shellLines('bash', { JETWAY_X: value }, ['HOME'])}printf %s "$JETWAY_X|$HOME"`
    expect(execFileSync('bash', ['-c', script], { encoding: 'utf8' })).toBe(`${value}|`)
  })
  test.each([
    ['fish', "set -e OLD\nset -gx X 'it\\'s'\n"],
    ['pwsh', "Remove-Item Env:OLD -ErrorAction SilentlyContinue\n$env:X = 'it''s'\n"],
    ['cmd', 'set "OLD="\nset "X=it\'s"\n'],
    ['dotenv', 'X="it\'s"\n'],
    ['json', '{"X":"it\'s"}\n'],
  ] as const)('%s', (shell, lines) => {
    expect(SHELLS).toContain(shell)
    expect(shellLines(shell, { X: "it's" }, ['OLD'])).toBe(lines)
  })
  test.each([
    [{ SHELL: '/usr/bin/fish' }, 'linux', 'fish'],
    [{ SHELL: '/bin/sh' }, 'linux', 'bash'],
    [{}, 'win32', 'pwsh'],
  ] as const)('%j on %s is %s', (environment, platform, shell) => {
    expect(usualShell(environment, platform)).toBe(shell)
  })
})

test('a script of Windows is started through its interpreter', () => {
  expect(commandLine('/usr/bin/codex', ['-p', 'a b'])).toEqual(['/usr/bin/codex', ['-p', 'a b']])
  expect(commandLine('C:\\npm\\codex.CMD', ['a "b"'])).toEqual([
    'cmd.exe',
    ['/d', '/s', '/c', '""C:\\npm\\codex.CMD" "a ""b""""'],
  ])
})
