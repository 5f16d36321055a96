import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createServer, type AddressInfo, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createEmulator, type Emulator } from '../../src/emulator/index.ts'
import { doTask, HEADLESS } from '../clients/headless.ts'
import { callsSeen } from '../clients/task.ts'
import { ended, readyUrl } from '../support/gateway-process.ts'
import { INSTALL_CLIENTS, missing, root } from '../support/require.ts'
import { run, type Ran } from '../support/run.ts'

/**
 * The first hour of someone who has heard of Jetway: a tarball, an empty folder, an empty home, and GitHub, which the emulator
 * is here. Nothing of this repository is on the path; each step begins with what the one before left behind.
 */
const MASTER_KEY = 'sk-newcomers-master-key'

let emulator: Emulator
let home: string
let project: string
let jetway: string
const children: ChildProcess[] = []

beforeAll(async () => {
  emulator = await createEmulator({ autoApproveAfterPolls: 1, deviceInterval: 1 })
  home = mkdtempSync(join(tmpdir(), 'jetway-newcomer-'))
  project = join(home, 'project')
  jetway = join(project, 'node_modules', '.bin', 'jetway')
  mkdirSync(project)
})
afterAll(async () => {
  await Promise.all(children.map((child) => ended(child)))
  await emulator.close()
  rmSync(home, { recursive: true, force: true })
})

/** GitHub is elsewhere; all the rest is as on a machine that never saw Jetway. */
function environment(more: Record<string, string> = {}): Record<string, string> {
  const { url } = emulator
  return {
    PATH: `${join(project, 'node_modules', '.bin')}:${process.env['PATH'] ?? ''}`,
    HOME: home,
    NO_COLOR: '1',
    GITHUB_COPILOT_DEVICE_CODE_URL: `${url}/login/device/code`,
    GITHUB_COPILOT_ACCESS_TOKEN_URL: `${url}/login/oauth/access_token`,
    GITHUB_COPILOT_API_KEY_URL: `${url}/copilot_internal/v2/token`,
    GITHUB_COPILOT_API_BASE: url,
    ...more,
  }
}

const command = (words: readonly string[], more?: Record<string, string>): Promise<Ran> =>
  run(jetway, words, { cwd: project, env: environment(more) })

/** What it printed, if it went well. */
async function good(words: readonly string[], more?: Record<string, string>): Promise<string> {
  const ran = await command(words, more)
  expect(ran.code, `jetway ${words.join(' ')}\n${ran.stdout}\n${ran.stderr}`).toBe(0)
  return ran.stdout
}

async function start(words: readonly string[], more?: Record<string, string>): Promise<string> {
  const child = spawn(jetway, ['start', '--port', '0', ...words], {
    cwd: project,
    env: environment(more),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  children.push(child)
  let log = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (log += text))
  return readyUrl(child, () => log)
}

function ask(url: string, key?: string, id?: string): Promise<Response> {
  return fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      ...(id === undefined ? {} : { 'x-request-id': id }),
    },
    body: JSON.stringify({
      model: 'gpt-4o',
      // A budget is held for the longest answer before it is settled by the true one.
      max_tokens: 200,
      messages: [{ role: 'user', content: 'Write 60 words about rivers' }],
    }),
  })
}

describe('the newcomer’s hour', () => {
  test('installs the tarball, without any script of it running', async () => {
    const [packed] = JSON.parse(
      execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', home], {
        cwd: root,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      }),
    ) as [{ filename: string }]
    writeFileSync(join(project, 'package.json'), JSON.stringify({ private: true, type: 'module' }))
    execFileSync(
      'npm',
      ['install', '--ignore-scripts', '--no-audit', '--no-fund', join(home, packed.filename)],
      { cwd: project, stdio: ['ignore', 'ignore', 'pipe'] },
    )
    expect(await good(['--version'])).toMatch(/^\d+\.\d+\.\d+\n$/)
    expect(await good(['--help'])).toContain('jetway login')
  })

  test('tries the demo: no account, and the first call answers', async () => {
    const answer = await ask(await start(['--demo']))
    expect(answer.status).toBe(200)
    expect(await answer.json()).toMatchObject({ object: 'chat.completion' })
    expect(emulator.control.requests.list()).toEqual([])
  })

  test('is told how to sign in, before that', async () => {
    const ran = await command(['chat', 'hello'])
    expect(ran.code).toBe(3)
    expect(ran.stderr).toContain('jetway login')
  })

  test('signs in with GitHub’s device flow, and sees the plan, the models and the quota', async () => {
    const ran = await command(['login'])
    expect(ran).toMatchObject({ code: 0 })
    expect(ran.stderr).toMatch(/[A-Z0-9]{4}-[A-Z0-9]{4}/)
    const status = JSON.parse(await good(['status', '--json'])) as object
    expect(status).toMatchObject({ signed_in: true })
    expect(await good(['models'])).toContain('gpt-4o')
    expect(await good(['usage'])).toMatch(/premium/i)
    expect(await good(['chat', 'say: good morning'])).toContain('good morning')
  })

  for (const name of ['claude', 'codex']) {
    const client = HEADLESS[name]?.path ?? ''
    const reason = missing(client, INSTALL_CLIENTS)
    test.skipIf(reason)(
      `launches ${name}: a task with its own tool is done (${reason ?? 'installed'})`,
      { timeout: 240_000 },
      async () => {
        const path = `${dirname(client)}:${environment()['PATH'] ?? ''}`
        await doTask(name, emulator, home, (words, folder) =>
          run(jetway, ['launch', name, '--port', '1', '--', ...words], {
            cwd: folder,
            env: environment({ PATH: path }),
          }),
        )
        const answered = callsSeen(emulator).filter((call) => call.endsWith(' 200'))
        expect(answered.length).toBeGreaterThan(1)
        for (const file of ['.claude/settings.json', '.codex/config.toml']) {
          expect(existsSync(join(home, file))).toBe(false)
        }
      },
    )
  }

  describe('for a colleague', () => {
    const shared = { JETWAY_MASTER_KEY: MASTER_KEY }
    let url: string
    let key: string

    test('starts the gateway with a master key; without a key nobody comes in', async () => {
      url = await start([], shared)
      expect((await ask(url)).status).toBe(401)
    })

    test('makes a key with a budget, which works at once', async () => {
      key = (await good(['keys', 'create', '--alias', 'grace', '--budget', '0.5'])).trim()
      expect(key).toMatch(/^sk-/)
      expect((await ask(url, key, 'graces-first')).status).toBe(200)
      expect(await good(['keys', 'list'])).toContain('grace')
    })

    test('the budget is hit, and the answer says which and what to do', async () => {
      let answer = await ask(url, key, 'graces-last')
      for (let at = 0; answer.status === 200 && at < 50; at++) {
        answer = await ask(url, key, 'graces-last')
      }
      expect(answer.status).toBe(429)
      const { error } = (await answer.json()) as { error: { message: string; code: string } }
      expect(error.code).toBe('budget_exceeded')
      expect(error.message).toMatch(/grace.*budget of 0\.5 credits/)
    })

    test('the dashboard has the explanation: signed in with the key, found, read', async () => {
      const page = { 'content-type': 'application/json', 'x-jetway-dashboard': '1', origin: url }
      const signedIn = await fetch(`${url}/ui/api/session`, {
        method: 'POST',
        headers: page,
        body: JSON.stringify({ key: MASTER_KEY }),
      })
      expect(await signedIn.json()).toMatchObject({ signed_in: true, role: 'administrator' })
      const cookie = signedIn.headers.get('set-cookie')?.split(';', 1)[0] ?? ''
      const read = async (path: string): Promise<string> => {
        const answer = await fetch(url + path, { headers: { ...page, cookie } })
        expect(answer.status).toBe(200)
        return answer.text()
      }
      expect(await read('/spend/logs?outcome=refused')).toContain('graces-last')
      const explained = await read('/v1/requests/graces-last')
      expect(explained).toContain('budget_exceeded')
      expect(explained).toContain('grace')
      const html = await (await fetch(`${url}/ui`)).text()
      expect(html).toContain('<title>')
    })

    test('the command says the same', async () => {
      expect(await good(['explain', 'graces-last'])).toMatch(
        /refused 429[^]*BudgetExceededError: the key grace/,
      )
      expect(await good(['explain', 'graces-first'])).toMatch(/gpt-4o/)
    })
  })

  describe('doctor, on five broken set-ups', () => {
    interface Finding {
      readonly check: string
      readonly state: string
      readonly mend?: string
    }
    const problems = async (more: Record<string, string>): Promise<readonly Finding[]> => {
      const ran = await command(['doctor', '--json'], more)
      expect(ran.code).not.toBe(0)
      const { findings } = JSON.parse(ran.stdout) as { findings: readonly Finding[] }
      return findings.filter(({ state }) => state === 'problem' || state === 'warning')
    }
    const found = (findings: readonly Finding[], check: string): string => {
      const mends = findings.filter((finding) => finding.check === check).map(({ mend }) => mend)
      return mends.join(' ')
    }
    const servers: Server[] = []
    afterAll(() => {
      for (const server of servers) server.close()
    })

    test('nothing is wrong with the one that works', async () => {
      const ran = await command(['doctor', '--json'], { JETWAY_PORT: '1' })
      const { findings } = JSON.parse(ran.stdout) as { findings: readonly Finding[] }
      expect(findings.filter(({ state }) => state === 'problem')).toEqual([])
      expect(ran.code).toBe(0)
    })

    test('nobody signed in', async () => {
      const findings = await problems({
        GITHUB_COPILOT_TOKEN_DIR: join(home, 'nobody'),
        JETWAY_DISCOVERY: 'off',
        JETWAY_PORT: '1',
      })
      expect(found(findings, 'sign-in')).toContain('jetway login')
    })

    test('no way to Copilot', async () => {
      const findings = await problems({
        GITHUB_COPILOT_API_BASE: 'http://127.0.0.1:1',
        JETWAY_PORT: '1',
      })
      expect(found(findings, 'copilot api')).not.toBe('')
    })

    test('a port that another program has', async () => {
      const server = createServer((socket) => socket.end('not a gateway'))
      servers.push(server)
      await new Promise<void>((resolve) => {
        server.listen(0, '127.0.0.1', resolve)
      })
      const { port } = server.address() as AddressInfo
      expect(found(await problems({ JETWAY_PORT: String(port) }), 'port')).toContain('--port')
    })

    test('a configuration with a mistake', async () => {
      const folder = join(home, 'wrong', 'jetway')
      mkdirSync(folder, { recursive: true })
      writeFileSync(join(folder, 'config.yaml'), 'model_list: 7\n')
      const findings = await problems({
        XDG_CONFIG_HOME: join(home, 'wrong'),
        JETWAY_PORT: '1',
      })
      expect(findings.map(({ check }) => check)).toContain('configuration')
    })

    test('a data folder that is none, and a token that others can read', async () => {
      const tokens = join(home, 'open')
      mkdirSync(tokens, { mode: 0o700 })
      const file = join(tokens, 'access-token')
      writeFileSync(file, emulator.control.tokens.issue().value)
      chmodSync(file, 0o644)
      const findings = await problems({
        GITHUB_COPILOT_TOKEN_DIR: tokens,
        JETWAY_DATA_DIR: join(file, 'data'),
        JETWAY_PORT: '1',
      })
      expect(found(findings, 'data folder')).not.toBe('')
      expect(found(findings, 'file modes')).toContain('chmod')
    })
  })

  test('opens the database of the release before', async () => {
    const data = join(home, 'upgraded')
    mkdirSync(data, { mode: 0o700 })
    const packed = readFileSync(join(root, 'test', 'upgrade', 'released', '0.1.0.db.gz'))
    writeFileSync(join(data, 'jetway.db'), gunzipSync(packed))
    await good(['db', 'migrate'], { JETWAY_DATA_DIR: data })
    expect(await good(['keys', 'list'], { JETWAY_DATA_DIR: data })).toContain('of-ada')
  })
})
