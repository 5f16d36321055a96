import { mkdtempSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startHouse, type House } from '../support/gateway-process.ts'
import { clients, INSTALL_CLIENTS, missing, root } from '../support/require.ts'
import { run, type Ran } from '../support/run.ts'
import { doTask, HEADLESS } from './headless.ts'

/**
 * What a person does who does not `launch`: the lines of `jetway env` in the shell, or `jetway setup` once, and then the client
 * as it is, in a home where it was never started.
 */
let house: House
beforeAll(async () => {
  house = await startHouse()
})
afterAll(() => house.stop())

function newHome(): string {
  return mkdtempSync(join(house.home, 'person-'))
}

/** The person's own environment: no more than a home, and the key that the person was given. */
function personIn(home: string, client: string): Record<string, string> {
  return {
    PATH: `${dirname(HEADLESS[client]?.path ?? '')}:${process.env['PATH'] ?? ''}`,
    HOME: home,
    XDG_CONFIG_HOME: join(home, '.config'),
    XDG_DATA_HOME: join(home, '.local', 'share'),
    JETWAY_API_KEY: house.key,
    COPILOT_PKG_CACHE_HOME: join(clients, 'copilot-packages'),
    NO_COLOR: '1',
  }
}

function jetway(env: Record<string, string>, ...words: readonly string[]): Promise<Ran> {
  return run(
    process.execPath,
    [join(root, 'dist', 'jetway.js'), ...words, '--gateway', house.url],
    { env },
  )
}

/** The last words of `jetway env` for a client that needs more than variables, as one pastes them. */
function commandIn(stderr: string, fallback: string): string {
  const line = stderr.split('\n').find((each) => each.startsWith('  '))
  return line?.trim() ?? fallback
}

const quoted = (words: readonly string[]): string =>
  words.map((word) => `'${word.replaceAll("'", String.raw`'\''`)}'`).join(' ')

const COMMANDS: Readonly<Record<string, string>> = { continue: 'cn' }

describe.each(Object.keys(HEADLESS))('%s', (name) => {
  const reason = missing(HEADLESS[name]?.path ?? '', INSTALL_CLIENTS)

  test.skipIf(reason)(`by the lines of \`jetway env\` (${reason ?? 'installed'})`, async () => {
    const env = personIn(newHome(), name)
    const lines = await jetway(env, 'env', '--for', name, '--shell', 'bash')
    expect(lines.code).toBe(0)
    const command = commandIn(lines.stderr, COMMANDS[name] ?? name)
    await doTask(name, house.emulator, house.home, (words, cwd) =>
      run('bash', ['-c', `${lines.stdout}\n${command} ${quoted(words)}`], { env, cwd }),
    )
  })

  // It has no settings for a provider of one's own.
  if (name === 'copilot') return
  test.skipIf(reason)(`after \`jetway setup\` (${reason ?? 'installed'})`, async () => {
    const env = personIn(newHome(), name)
    const done = await jetway(env, 'setup', name, '--yes')
    expect({ code: done.code, said: done.stderr }).toMatchObject({ code: 0 })
    expect(done.stdout + done.stderr).not.toContain(house.key)
    await doTask(name, house.emulator, house.home, (words, cwd) =>
      run(COMMANDS[name] ?? name, words, { env, cwd }),
    )
    const again = await jetway(env, 'setup', name, '--yes')
    expect(again.stderr).toContain('is set up already')
  })
})
