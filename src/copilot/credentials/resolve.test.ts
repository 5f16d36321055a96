import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createVirtualClock } from '../../core/virtual-clock.ts'
import { tokenLocations } from '../files/locations.ts'
import type { Resolution } from './resolve.ts'
import { resolveOwnCredential } from './resolve.ts'

const clock = createVirtualClock(1_790_000_000_000)
const later = 1_790_000_000 + 600
const tid = `tid=1;exp=${later};proxy-ep=proxy.individual.githubcopilot.com:ab`
const ghu = (name: string): string => `ghu_${name.padEnd(36, '0')}`

let home: string

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'jetway-home-'))
})
afterEach(async () => {
  await rm(home, { recursive: true, force: true })
})

async function put(path: string, content: unknown): Promise<string> {
  const file = join(home, path)
  await mkdir(dirname(file), { recursive: true })
  const text = typeof content === 'string' ? content : JSON.stringify(content)
  await writeFile(file, text, { mode: 0o600 })
  return file
}

function resolve(
  variables: Record<string, string> = {},
  more: { explicit?: string; host?: string } = {},
): Promise<Resolution> {
  const environment = { HOME: home, ...variables }
  return resolveOwnCredential({
    environment,
    locations: tokenLocations(environment),
    host: 'github.com',
    clock,
    ...more,
  })
}

const STORED = '.config/litellm/github_copilot/access-token'
const API_KEY = '.config/litellm/github_copilot/api-key.json'
const APPS = '.config/github-copilot/apps.json'
const HOSTS = '.config/github-copilot/hosts.json'
const COPILOT_API = '.local/share/copilot-api/github_token'
const OPENCODE = '.local/share/opencode/auth.json'

test('the order: explicit, COPILOT_API_KEY, GitHub token, stored, other tools, none', async () => {
  await put(OPENCODE, { 'github-copilot': { type: 'oauth', refresh: 'gho_opencode' } })
  await put(COPILOT_API, `${ghu('capi')}\n`)
  await put(HOSTS, { 'github.com': { user: 'octo', oauth_token: ghu('hosts') } })
  await put(APPS, {
    'example.com:1': { oauth_token: ghu('elsewhere') },
    'github.com:Iv1.b507a08c87ecfe98': { user: 'octo', oauth_token: ghu('apps') },
  })
  await put(STORED, ` ${ghu('stored')}\n`)
  const all: Record<string, string> = {
    COPILOT_API_KEY: tid,
    COPILOT_OAUTH_TOKEN: ghu('first'),
    OAUTH_TOKEN: ghu('second'),
    COPILOT_GITHUB_TOKEN: ghu('third'),
  }
  const found: unknown[] = []
  const note = async (more: { explicit?: string } = {}): Promise<void> => {
    const { credential } = await resolve(all, more)
    found.push([credential?.source, credential?.token])
  }
  await note({ explicit: ghu('explicit') })
  for (const name of Object.keys(all)) {
    await note()
    delete all[name]
  }
  for (const file of [STORED, APPS, HOSTS, COPILOT_API, OPENCODE]) {
    await note()
    await rm(join(home, file))
  }
  await note()
  expect(found).toEqual([
    ['option', ghu('explicit')],
    ['COPILOT_API_KEY', tid],
    ['COPILOT_OAUTH_TOKEN', ghu('first')],
    ['OAUTH_TOKEN', ghu('second')],
    ['COPILOT_GITHUB_TOKEN', ghu('third')],
    ['stored sign-in', ghu('stored')],
    ['github-copilot apps.json', ghu('apps')],
    ['github-copilot hosts.json', ghu('hosts')],
    ['copilot-api', ghu('capi')],
    ['opencode', 'gho_opencode'],
    [undefined, undefined],
  ])
})

describe('COPILOT_API_KEY', () => {
  for (const [name, value, reason] of [
    ['a GitHub token', ghu('x'), /begins with tid=.*COPILOT_OAUTH_TOKEN/],
    ['no token', 'secret', /begins with tid=/],
    ['an expired one', 'tid=1;exp=1789999999:ab', /expired at 2026-09-21T\d\d:\d\d:\d\d/],
    ['one broken in two', 'tid=1;exp=1790000600; sku=x', /white space/],
  ] as const) {
    test(`refuses ${name}`, async () => {
      await expect(resolve({ COPILOT_API_KEY: value })).rejects.toThrow(reason)
    })
  }

  test('without an expiry is taken as it is', async () => {
    const { credential } = await resolve({ COPILOT_API_KEY: 'tid=1;sku=x' })
    expect(credential).toMatchObject({ kind: 'tid', keepsFiles: false })
  })
})

describe('stored sign-in', () => {
  test('is the only one whose exchanged token is kept beside it', async () => {
    const file = await put(STORED, ghu('stored'))
    expect((await resolve()).credential).toMatchObject({ file, keepsFiles: true, kind: 'ghu' })
    expect((await resolve({ OAUTH_TOKEN: ghu('x') })).credential).toMatchObject({
      keepsFiles: false,
    })
  })

  test('may be a Copilot token alone, while it lasts', async () => {
    const endpoints = { api: 'https://api.business.githubcopilot.com' }
    await put(API_KEY, { token: tid, expires_at: later, endpoints })
    expect((await resolve()).credential).toMatchObject({
      source: 'stored sign-in',
      kind: 'tid',
      apiEndpoint: endpoints.api,
    })
    await put(API_KEY, { token: tid, expires_at: later - 601, endpoints })
    expect((await resolve()).credential).toBeUndefined()
  })

  test('that is a link is refused, not skipped', async () => {
    const target = await put('elsewhere', ghu('x'))
    await mkdir(dirname(join(home, STORED)), { recursive: true })
    await symlink(target, join(home, STORED))
    await expect(resolve()).rejects.toThrow(/symbolic link/)
  })

  test('that is empty counts as none; nonsense does not', async () => {
    await put(STORED, '\n')
    expect((await resolve()).credential).toBeUndefined()
    await put(STORED, 'two words')
    await expect(resolve()).rejects.toThrow(/access-token is not used: it holds white space/)
  })
})

describe('discovery', () => {
  test('is switched off by JETWAY_DISCOVERY=off', async () => {
    await put(COPILOT_API, ghu('capi'))
    expect((await resolve({ JETWAY_DISCOVERY: 'off' })).credential).toBeUndefined()
    expect((await resolve()).credential?.source).toBe('copilot-api')
  })

  test("finds LiteLLM's own folder when ours is elsewhere", async () => {
    const file = await put(STORED, ghu('stored'))
    const found = await resolve({ GITHUB_COPILOT_TOKEN_DIR: '~/other' })
    expect(found.credential).toMatchObject({ source: 'litellm', file, keepsFiles: false })
  })

  test('follows XDG folders, and %LOCALAPPDATA% on Windows', async () => {
    await put('xdg/github-copilot/apps.json', { 'github.com:a': { oauth_token: ghu('xdg') } })
    await put('local/github-copilot/hosts.json', { 'github.com': { oauth_token: ghu('win') } })
    const xdg = await resolve({ XDG_CONFIG_HOME: join(home, 'xdg') })
    expect(xdg.credential?.token).toBe(ghu('xdg'))
    const windows = await resolve({ LOCALAPPDATA: join(home, 'local') })
    expect(windows.credential?.token).toBe(ghu('win'))
  })

  test("follows opencode's tenant", async () => {
    await put(OPENCODE, {
      'github-copilot': {
        type: 'oauth',
        refresh: 'gho_tenant',
        access: 'gho_tenant',
        enterpriseUrl: 'https://acme.ghe.com/',
      },
    })
    expect((await resolve()).credential).toMatchObject({ host: 'acme.ghe.com', kind: 'gho' })
  })

  test('names what it passes over, and why', async () => {
    await put(APPS, { 'evil-github.com': { oauth_token: ghu('evil') } })
    await put(HOSTS, '{ broken')
    await put(COPILOT_API, 'ghp_classic0123456789')
    const { credential, skipped } = await resolve()
    expect(credential).toBeUndefined()
    expect(skipped.map(({ reason }) => reason)).toEqual([
      'it holds no account of github.com',
      'it is not the JSON it should be',
      'a classic token (ghp_) is refused by Copilot',
    ])
    expect(JSON.stringify(skipped)).not.toContain('classic0123')
  })

  test("reads plain rows of the language server's database", async () => {
    const { DatabaseSync } = await import('@photostructure/sqlite')
    await mkdir(join(home, '.config/github-copilot'), { recursive: true })
    const database = new DatabaseSync(join(home, '.config/github-copilot/auth.db'))
    database.exec(`create table oauth_tokens (token_id text, auth_authority text, user_login text,
      token_ciphertext blob, token_schema_version integer, last_used_at integer, updated_at integer)`)
    const insert = database.prepare('insert into oauth_tokens values (?,?,?,?,?,?,?)')
    insert.run('1', 'github.com', 'octo', Buffer.from([1, 2, 3]), 1, 9, 9)
    insert.run('2', 'github.com:Iv1.b5', 'octo', Buffer.from(ghu('older')), 0, 5, 5)
    insert.run('3', 'github.com:Iv1.b5', 'hubot', Buffer.from(ghu('newer')), 0, 7, 7)
    insert.run('4', 'acme.ghe.com', 'octo', Buffer.from(ghu('tenant')), 0, 8, 8)
    expect((await resolve()).credential).toMatchObject({
      source: 'github-copilot auth.db',
      token: ghu('newer'),
      login: 'hubot',
    })
    database.exec('delete from oauth_tokens where token_schema_version = 0')
    database.close()
    expect((await resolve()).skipped[0]?.reason).toMatch(/encrypted for the keyring/)
  })

  test('survives a database that is none', async () => {
    await put('.config/github-copilot/auth.db', 'not a database')
    expect((await resolve()).skipped).toHaveLength(1)
  })
})
