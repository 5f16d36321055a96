import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createEmulator } from '../emulator/index.ts'
import type { Emulator } from '../emulator/index.ts'
import { buildCommand } from './__fixtures__/command.ts'
import { makeHome } from './__fixtures__/home.ts'
import type { BuiltCommand } from './__fixtures__/command.ts'

/** Stands for a client: asks one question where its environment says, tells what it was given, ends with 7. */
const CLIENT = `#!${process.execPath}
if (process.argv.includes('wait')) {
  process.on('SIGTERM', () => { console.log('told to end'); process.exit(0) })
  console.log('waiting with ' + process.env.ANTHROPIC_AUTH_TOKEN)
  await new Promise((resolve) => setTimeout(resolve, 60000))
}
const { ANTHROPIC_BASE_URL: url, ANTHROPIC_AUTH_TOKEN: key, ANTHROPIC_MODEL: model } = process.env
const response = await fetch(url + '/v1/messages', {
  method: 'POST',
  headers: { authorization: 'Bearer ' + key, 'content-type': 'application/json', 'anthropic-version': '2023-06-01' },
  body: JSON.stringify({ model, max_tokens: 100, messages: [{ role: 'user', content: 'say: launched' }] }),
})
const answer = await response.json()
console.log(JSON.stringify({ words: process.argv.slice(2), url, key, text: answer.content?.[0]?.text ?? answer, names: Object.keys(process.env) }))
process.exit(7)
`

let jetway: BuiltCommand
let emulator: Emulator
let home: string
let environment: Record<string, string>

beforeAll(async () => {
  jetway = await buildCommand()
  emulator = await createEmulator()
})
afterAll(async () => {
  jetway[Symbol.dispose]()
  await emulator.close()
})
beforeEach(() => {
  const made = makeHome(emulator, { JETWAY_PORT: '1' })
  ;({ folder: home, environment } = made)
  environment = { ...environment, PATH: join(home, 'bin') }
  mkdirSync(join(home, 'bin'))
  writeFileSync(join(home, 'bin/claude'), CLIENT)
  // An ES module by its folder, since a command has no ending.
  writeFileSync(join(home, 'bin/package.json'), '{"type":"module"}')
  chmodSync(join(home, 'bin/claude'), 0o755)
  return () => {
    made.remove()
  }
})

interface Told {
  readonly words: readonly string[]
  readonly url: string
  readonly key: string
  readonly text: unknown
  readonly names: readonly string[]
}

describe('launch', () => {
  test('starts a gateway for the client, ends with its code, and leaves nothing behind', async () => {
    const ran = await jetway.run(['launch', 'claude', '--', '-p', 'a b', '--json'], { environment })
    expect(ran.code).toBe(7)
    const told = JSON.parse(ran.stdout) as Told
    expect(told).toMatchObject({ words: ['-p', 'a b', '--json'], text: 'launched' })
    expect(told.key).toMatch(/^sk-/)
    expect(told.names).not.toContain('COPILOT_OAUTH_TOKEN')
    expect(ran.stderr).not.toContain(told.key)
    await expect(fetch(told.url)).rejects.toThrow('fetch failed')
    const keys = await jetway.run(['keys', 'list', '--json'], { environment })
    expect(JSON.parse(keys.stdout)).toEqual({ keys: [] })
  })

  test('uses a gateway that runs, with a key that ends with the client', async () => {
    const locked = { ...environment, JETWAY_MASTER_KEY: 'sk-master' }
    const running = jetway.start(['start', '--port', '0'], { environment: locked })
    const [, url = '', port = ''] = await running.waitFor('stdout', /(http:\S+:(\d+))$/m)
    const launch = (more: Record<string, string>) =>
      jetway.run(['launch', 'claude', '--port', port], { environment: { ...locked, ...more } })
    const ran = await launch({})
    const told = JSON.parse(ran.stdout) as Told
    expect(told).toMatchObject({ url, text: 'launched' })
    expect(told.key).not.toBe('sk-master')
    const again = await fetch(`${url}/v1/models`, {
      headers: { authorization: `Bearer ${told.key}` },
    })
    expect(again.status).toBe(401)

    const made = await jetway.run(['keys', 'create'], { environment: locked })
    const own = await launch({ JETWAY_API_KEY: made.stdout.trim(), JETWAY_MASTER_KEY: '' })
    expect(JSON.parse(own.stdout)).toMatchObject({ key: made.stdout.trim(), text: 'launched' })

    const without = await launch({ JETWAY_MASTER_KEY: '' })
    expect([without.code, without.stdout]).toEqual([3, ''])
    expect(without.stderr).toContain('JETWAY_API_KEY')
    await running.stop('SIGTERM')
  })

  test("Ctrl-C is the client's; SIGTERM ends the client, its key and the gateway", async () => {
    const running = jetway.start(['launch', 'claude', '--', 'wait'], { environment })
    await running.waitFor('stdout', /waiting with sk-/)
    running.child.kill('SIGINT')
    running.child.kill('SIGINT')
    const ended = await running.stop('SIGTERM')
    expect(ended.code).toBe(0)
    expect(ended.stdout).toContain('told to end')
    const keys = await jetway.run(['keys', 'list', '--json'], { environment })
    expect(JSON.parse(keys.stdout)).toEqual({ keys: [] })
  })

  test('--demo needs no account', async () => {
    const ran = await jetway.run(['launch', 'claude', '--demo'], {
      environment: { PATH: join(home, 'bin'), HOME: home },
    })
    expect(JSON.parse(ran.stdout)).toMatchObject({ text: 'launched' })
  })

  test.each([
    [
      ['launch', 'aider'],
      1,
      'Aider is not installed: there is no `aider` in PATH. To install it: ',
    ],
    [['launch', 'claud'], 2, 'did you mean claude?'],
    [['launch', 'openai'], 2, 'is no client known here'],
    [['launch', 'claude', '--gateway', 'ftp://x'], 2, "'--gateway' must be an address"],
    [['launch', 'claude', '--gateway', 'http://127.0.0.1:1'], 5, 'does not answer'],
  ])('%j', async (words, code, says) => {
    const ran = await jetway.run(words, { environment })
    expect(ran.stderr).toContain(says)
    expect([ran.code, ran.stdout]).toEqual([code, ''])
  })

  test('nobody is signed in: said before the client starts', async () => {
    const ran = await jetway.run(['launch', 'claude'], {
      environment: { ...environment, COPILOT_OAUTH_TOKEN: '' },
    })
    expect([ran.code, ran.stdout]).toEqual([3, ''])
    expect(ran.stderr).toContain('jetway login')
  })
})

describe('env', () => {
  test('for an open gateway, whether it runs or not', async () => {
    const ran = await jetway.run(['env', '--for', 'claude', '--shell', 'json'], { environment })
    expect(ran.code).toBe(0)
    expect(JSON.parse(ran.stdout)).toMatchObject({
      ANTHROPIC_BASE_URL: 'http://127.0.0.1:1',
      ANTHROPIC_AUTH_TOKEN: 'sk-jetway-open',
    })
  })

  test('for a locked one it takes the own key, and asks for one otherwise', async () => {
    const locked = { ...environment, JETWAY_MASTER_KEY: 'sk-master' }
    const without = await jetway.run(['env', 'openai'], { environment: locked })
    expect([without.code, without.stdout]).toEqual([3, ''])
    expect(without.stderr).toContain('jetway keys create --alias openai')
    const own = { ...locked, JETWAY_API_KEY: 'sk-own', SHELL: '/bin/bash' }
    const ran = await jetway.run(['env', '--for', 'openai'], { environment: own })
    expect(ran.stdout).toContain(`export OPENAI_API_KEY='sk-own'\n`)
    expect(ran.stdout).not.toContain('sk-master')
  })

  test('one that runs is asked whether it takes the key', async () => {
    const locked = { ...environment, JETWAY_MASTER_KEY: 'sk-master' }
    const running = jetway.start(['start', '--port', '0'], { environment: locked })
    const [, url = ''] = await running.waitFor('stdout', /^Jetway listening on (http:\S+)$/m)
    // Its configuration is another's: only the gateway itself can say that it wants a key.
    const elsewhere = { ...environment, JETWAY_PORT: new URL(url).port }
    const bad = { ...elsewhere, JETWAY_API_KEY: 'sk-bad' }
    for (const words of [
      ['env', '--for', 'claude'],
      ['setup', 'claude', '--yes'],
    ]) {
      const keyless = await jetway.run(words, { environment: elsewhere })
      expect([keyless.code, keyless.stdout]).toEqual([3, ''])
      expect(keyless.stderr).toContain(`${url} wants a key`)
      const refused = await jetway.run(words, { environment: bad })
      expect([refused.code, refused.stdout]).toEqual([3, ''])
      expect(refused.stderr).toMatch(/does not take the key in JETWAY_API_KEY: .*not known here/)
    }
    const own = { ...elsewhere, JETWAY_API_KEY: 'sk-master' }
    expect(await jetway.run(['env', '--for', 'claude'], { environment: own })).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('sk-master') as string,
    })

    const less = await jetway.run(['top', '--once', '--json'], { environment: bad })
    expect(JSON.parse(less.stdout)).toMatchObject({
      ledger_problem: expect.stringContaining('answers 401') as string,
    })
    expect(less.stderr).toMatch(/^warning: .*answers 401: this key is not known here/)
    const text = await jetway.run(['top', '--once'], { environment: bad })
    expect(text.stdout).toMatch(/^Single calls are not known: .*answers 401/m)
    expect((await running.stop('SIGTERM')).code).toBe(0)
  })

  test('of a gateway whose seat is not signed in the key is as good as before', async () => {
    const { COPILOT_OAUTH_TOKEN: _, ...signedOut } = environment
    const running = jetway.start(['start', '--port', '0'], { environment: signedOut })
    const [, url = ''] = await running.waitFor('stdout', /^Jetway listening on (http:\S+)$/m)
    const ran = await jetway.run(['env', '--for', 'claude', '--gateway', url], {
      environment: { ...environment, JETWAY_API_KEY: 'sk-any' },
    })
    expect([ran.code, ran.stdout]).toEqual([0, expect.stringContaining('sk-any')])
    await running.stop('SIGTERM')
  })

  test('a client that needs a file gets it in a private folder', async () => {
    const ran = await jetway.run(['env', '--for', 'opencode', '--shell', 'json'], { environment })
    const { OPENCODE_CONFIG: file = '' } = JSON.parse(ran.stdout) as Record<string, string>
    expect(file).toBe(join(home, 'data/clients/opencode/opencode.json'))
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
      provider: { jetway: { options: { baseURL: 'http://127.0.0.1:1/v1' } } },
    })
  })

  test('nobody is named', async () => {
    expect(await jetway.run(['env'])).toMatchObject({ code: 2, stdout: '' })
  })
})

describe('setup', () => {
  test('shows, keeps a copy, and says how to undo', async () => {
    const file = join(home, '.claude/settings.json')
    mkdirSync(join(home, '.claude'))
    writeFileSync(file, '{"theme": "dark"}\n')
    const own = { ...environment, JETWAY_API_KEY: 'sk-my-own-key-1234' }
    const asked = await jetway.run(['setup', 'claude'], { environment: own })
    expect(asked.code).toBe(2)
    expect(asked.stderr).toContain('--yes')
    expect(readFileSync(file, 'utf8')).toBe('{"theme": "dark"}\n')

    const done = await jetway.run(['setup', 'claude', '--yes'], { environment: own })
    expect(done.code).toBe(0)
    expect(done.stdout).toContain('+   "theme": "dark",')
    expect(done.stdout).toContain('sk-…1234')
    expect(done.stdout + done.stderr).not.toContain('sk-my-own-key-1234')
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
      theme: 'dark',
      env: { ANTHROPIC_AUTH_TOKEN: 'sk-my-own-key-1234' },
    })
    expect(statSync(file).mode & 0o777).toBe(0o600)
    const [, copy = ''] = /mv '(\S+)' '\S+settings\.json'/.exec(done.stderr) ?? []
    expect(readFileSync(copy, 'utf8')).toBe('{"theme": "dark"}\n')

    const again = await jetway.run(['setup', 'claude', '--yes'], { environment: own })
    expect(again).toMatchObject({ code: 0, stdout: '' })
    expect(readdirSync(join(home, '.claude'))).toHaveLength(2)
  })

  test.each(['codex', 'opencode', 'gemini', 'qwen', 'aider', 'continue'])('%s', async (name) => {
    const ran = await jetway.run(['setup', name, '--yes'], { environment })
    expect(ran.code).toBe(0)
    expect(ran.stdout).toContain('http://127.0.0.1:1')
    for (const [, file = ''] of ran.stderr.matchAll(/rm '(\S+)'/g))
      expect(existsSync(file)).toBe(true)
    expect(ran.stderr).toMatch(/rm '\S+'/)
    const again = await jetway.run(['setup', name, '--yes'], { environment })
    expect(again).toMatchObject({ code: 0, stdout: '' })
  })

  test('a file it does not understand is not touched', async () => {
    mkdirSync(join(home, '.claude'))
    writeFileSync(join(home, '.claude/settings.json'), '{ // mine\n}')
    const ran = await jetway.run(['setup', 'claude', '--yes'], { environment })
    expect([ran.code, ran.stdout]).toEqual([1, ''])
    expect(ran.stderr).toContain('settings.json: it is not plain JSON')
    expect((await jetway.run(['setup', 'copilot'], { environment })).stderr).toContain('jetway env')
  })
})
