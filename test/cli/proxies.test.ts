import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { createServer, type Server } from 'node:https'
import { createServer as createTcpServer, connect } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createEmulator, type Emulator } from '../../src/emulator/index.ts'
import {
  LOCALHOST_CERTIFICATE,
  LOCALHOST_KEY,
} from '../../src/transport/__fixtures__/localhost-certificate.ts'
import { ended, environmentFor, readyUrl } from '../support/gateway-process.ts'
import { missing, root } from '../support/require.ts'
import { run } from '../support/run.ts'

/** The proxies of Debian's packages, with TLS behind them, as in a company: nothing of ours stands in their place. */
const tinyproxy = '/usr/bin/tinyproxy'
const microsocks = '/usr/bin/microsocks'
const skip =
  missing(tinyproxy, 'apt-get install tinyproxy') ??
  missing(microsocks, 'apt-get install microsocks')

let emulator: Emulator
let tls: Server
let tlsPort: number
let home: string
let environment: Record<string, string>
const running: ChildProcess[] = []

beforeAll(async () => {
  emulator = await createEmulator()
  // GitHub and Copilot speak TLS; a company's own authority has signed for them.
  tls = createServer({ key: LOCALHOST_KEY, cert: LOCALHOST_CERTIFICATE }, (incoming, outgoing) => {
    const { method, url, headers } = incoming
    const onward = request(`${emulator.url}${url}`, { method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(outgoing)
    })
    onward.on('error', () => outgoing.destroy())
    incoming.pipe(onward)
  })
  await new Promise<void>((resolve) => {
    tls.listen(0, '127.0.0.1', resolve)
  })
  tlsPort = (tls.address() as AddressInfo).port
})
afterAll(async () => {
  tls.closeAllConnections()
  tls.close()
  await emulator.close()
})
beforeEach(() => {
  emulator.control.state.reset()
  home = mkdtempSync(join(tmpdir(), 'jetway-proxies-'))
  const authority = join(home, 'company.pem')
  writeFileSync(authority, LOCALHOST_CERTIFICATE)
  environment = {
    ...environmentFor(`https://localhost:${tlsPort}`, home),
    NODE_EXTRA_CA_CERTS: authority,
    COPILOT_OAUTH_TOKEN: emulator.control.tokens.issue().value,
  }
})
afterEach(async () => {
  for (const child of running.splice(0)) await ended(child)
  rmSync(home, { recursive: true, force: true })
})

async function freePort(): Promise<number> {
  const server = createTcpServer()
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => {
    server.close(resolve)
  })
  return port
}

async function listening(port: number): Promise<void> {
  await expect
    .poll(
      () =>
        new Promise<boolean>((resolve) => {
          const socket = connect(port, '127.0.0.1', () => {
            socket.destroy()
            resolve(true)
          })
          socket.once('error', () => {
            resolve(false)
          })
        }),
      { timeout: 10_000 },
    )
    .toBe(true)
}

interface Proxy {
  readonly host: string
  /** What it says it has done. */
  log(): string
}

async function startTinyproxy(more: readonly string[] = []): Promise<Proxy> {
  const port = await freePort()
  const [file, log] = [join(home, 'tinyproxy.conf'), join(home, 'tinyproxy.log')]
  const lines = [`Port ${port}`, 'Listen 127.0.0.1', 'LogLevel Connect', `LogFile "${log}"`]
  writeFileSync(file, [...lines, 'Timeout 60', ...more, ''].join('\n'))
  running.push(spawn(tinyproxy, ['-d', '-c', file], { stdio: 'ignore' }))
  await listening(port)
  return { host: `127.0.0.1:${port}`, log: () => readFileSync(log, 'utf8') }
}

async function startMicrosocks(words: readonly string[] = []): Promise<Proxy> {
  const port = await freePort()
  const child = spawn(microsocks, ['-i', '127.0.0.1', '-p', String(port), ...words], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let log = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (log += text))
  running.push(child)
  await listening(port)
  return { host: `127.0.0.1:${port}`, log: () => log }
}

const jetway = (words: readonly string[], more: Record<string, string> = {}) =>
  run(process.execPath, [join(root, 'dist', 'jetway.js'), ...words], {
    env: { ...environment, ...more },
  })

const chat = (more: Record<string, string>) => jetway(['chat', '-m', 'gpt-4o', 'say: hello'], more)

describe.skipIf(skip)('an HTTP proxy', () => {
  test('tunnels sign-in, catalogue and calls', async () => {
    const proxy = await startTinyproxy()
    const ran = await chat({ HTTPS_PROXY: `http://${proxy.host}` })
    expect(ran).toMatchObject({ code: 0, stdout: 'hello\n' })
    expect(proxy.log()).toContain(`CONNECT localhost:${tlsPort}`)
  })

  test('that wants a name and a password gets them, and what is wrong about them is said', async () => {
    const proxy = await startTinyproxy(['BasicAuth ada swordfish'])
    const right = await chat({ HTTPS_PROXY: `http://ada:swordfish@${proxy.host}` })
    expect(right).toMatchObject({ code: 0, stdout: 'hello\n' })
    for (const address of [`http://ada:herring@${proxy.host}`, `http://${proxy.host}`]) {
      const wrong = await chat({ HTTPS_PROXY: address })
      expect(wrong.code).toBe(5)
      expect(wrong.stderr).toMatch(/proxy: it asks for a name and a password.*\(40[17]\)/)
      expect(wrong.stderr).not.toMatch(/herring|swordfish/)
    }
  })

  test('is passed by for hosts of NO_PROXY', async () => {
    const proxy = await startTinyproxy()
    const more = { HTTPS_PROXY: `http://${proxy.host}`, NO_PROXY: '.example,localhost' }
    expect(await chat(more)).toMatchObject({ code: 0, stdout: 'hello\n' })
    expect(proxy.log()).not.toContain('CONNECT localhost')
  })

  test('that is not there is named, also by doctor', async () => {
    const more = { HTTPS_PROXY: `http://127.0.0.1:${await freePort()}` }
    const ran = await chat(more)
    expect(ran.code).toBe(5)
    expect(ran.stderr).toMatch(/by way of the proxy 127\.0\.0\.1:\d+: connection refused/)
    const doctor = await jetway(['doctor'], more)
    expect(doctor.code).toBe(5)
    expect(doctor.stdout).toMatch(
      /BAD +proxy +the proxy 127\.0\.0\.1:\d+ cannot be reached: ECONNREFUSED\n +mend: /,
    )
  })

  test('carries a gateway’s streams', async () => {
    const proxy = await startTinyproxy()
    const gateway = spawn(
      process.execPath,
      [join(root, 'dist/jetway.js'), 'start', '--port', '0'],
      {
        cwd: home,
        env: { ...environment, HTTPS_PROXY: `http://${proxy.host}`, NO_PROXY: '127.0.0.1' },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    )
    running.push(gateway)
    const url = await readyUrl(gateway, () => '')
    const answers = await Promise.all(
      Array.from({ length: 5 }, async () => {
        const answer = await fetch(`${url}/v1/chat/completions`, {
          method: 'POST',
          body: '{"model":"gpt-4o","stream":true,"messages":[{"role":"user","content":"say: streamed"}]}',
        })
        return answer.text()
      }),
    )
    expect(answers.every((text) => text.trimEnd().endsWith('data: [DONE]'))).toBe(true)
  })
})

describe.skipIf(skip)('a SOCKS5 proxy', () => {
  test.each(['ALL_PROXY', 'HTTPS_PROXY', 'https_proxy'])('by %s', async (name) => {
    const proxy = await startMicrosocks()
    const ran = await chat({ [name]: `socks5h://${proxy.host}` })
    expect(ran).toMatchObject({ code: 0, stdout: 'hello\n', stderr: '' })
    expect(proxy.log()).toContain(`connected to localhost:${tlsPort}`)
  })

  test('with a name and a password', async () => {
    const proxy = await startMicrosocks(['-u', 'ada', '-P', 'swordfish'])
    const right = await chat({ ALL_PROXY: `socks5://ada:swordfish@${proxy.host}` })
    expect(right).toMatchObject({ code: 0, stdout: 'hello\n' })
    const wrong = await chat({ ALL_PROXY: `socks5://ada:herring@${proxy.host}` })
    expect(wrong.code).toBe(5)
    expect(wrong.stderr).toMatch(/the proxy 127\.0\.0\.1:\d+ refused name and password/)
    expect(wrong.stderr).not.toContain('herring')
    const none = await chat({ ALL_PROXY: `socks5://${proxy.host}` })
    expect(none.stderr).toMatch(/asks for another name and password, or for any/)
  })

  test('is well to doctor', async () => {
    const proxy = await startMicrosocks()
    const more = { ALL_PROXY: `socks5://${proxy.host}`, NO_PROXY: '127.0.0.1' }
    const { code, stdout } = await jetway(['doctor'], more)
    expect(code).toBe(0)
    expect(stdout).toMatch(/^ok +proxy +socks5:\/\/127\.0\.0\.1:\d+$/m)
    expect(stdout).toMatch(/^ok +github +https:\/\/localhost:\d+ answers/m)
  })
})

describe('a company’s own certificates', () => {
  test('are trusted by NODE_EXTRA_CA_CERTS; without, the way to do it is said', async () => {
    expect(await chat({})).toMatchObject({ code: 0, stdout: 'hello\n' })
    const without = await chat({ NODE_EXTRA_CA_CERTS: '' })
    expect(without.code).toBe(5)
    expect(without.stderr).toMatch(/TLS handshake failed/)
    const doctor = await jetway(['doctor'], { NODE_EXTRA_CA_CERTS: '' })
    expect(doctor.stdout).toMatch(/BAD +github[^]*mend:[^\n]*NODE_EXTRA_CA_CERTS=/)
  })

  test.skipIf(skip)('are trusted through a tunnel, too', async () => {
    const proxy = await startTinyproxy()
    const more = { HTTPS_PROXY: `http://${proxy.host}`, NODE_EXTRA_CA_CERTS: '' }
    expect((await chat(more)).stderr).toMatch(/TLS handshake failed/)
  })

  test('that are none are found by doctor', async () => {
    const doctor = await jetway(['doctor', '--json'], {
      NODE_EXTRA_CA_CERTS: join(home, 'none.pem'),
    })
    const { findings } = JSON.parse(doctor.stdout) as {
      findings: { check: string; detail: string; mend?: string }[]
    }
    const proxy = findings.find(({ check }) => check === 'proxy')
    expect(proxy?.detail).toMatch(/which is not there/)
    expect(proxy?.mend).toMatch(/certificates in PEM/)
  })
})
