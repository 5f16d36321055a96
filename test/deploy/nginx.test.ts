import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Agent, fetch } from 'undici'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startHouse, type House } from '../support/gateway-process.ts'
import { missing } from '../support/require.ts'
import { read } from './files.ts'

const NGINX = '/usr/sbin/nginx'
const reason = missing(NGINX, 'install nginx-light')

/** The very snippet, with this test's ports and a certificate of its own, in front of a gateway. */
describe.skipIf(reason)(`nginx (${reason ?? 'installed'})`, () => {
  let house: House
  let folder: string
  let nginx: ChildProcess
  let url: string
  const dispatcher = new Agent({ connect: { rejectUnauthorized: false } })

  beforeAll(async () => {
    house = await startHouse()
    folder = mkdtempSync(join(tmpdir(), 'jetway-nginx-'))
    mkdirSync(join(folder, 'temporary'))
    const port = await freePort()
    url = `https://127.0.0.1:${port}`
    const request = 'req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=localhost'
    const files = ['-keyout', join(folder, 'privkey.pem'), '-out', join(folder, 'fullchain.pem')]
    execFileSync('openssl', [...request.split(' '), ...files], { stdio: 'ignore' })
    const snippet = read('nginx', 'jetway.conf')
      .replace('server 127.0.0.1:4000', `server ${new URL(house.url).host}`)
      .replace('listen 443 ssl', `listen 127.0.0.1:${port} ssl`)
      .replaceAll('/etc/ssl/jetway', folder)
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
      .map((name) => `${name}_temp_path ${join(folder, 'temporary', name)};`)
      .join('\n')
    writeFileSync(
      join(folder, 'nginx.conf'),
      `daemon off; master_process off; pid ${join(folder, 'pid')}; error_log stderr notice;
events {}
http { access_log off; ${temporary}
${snippet} }`,
    )
    nginx = spawn(NGINX, ['-p', folder, '-e', 'stderr', '-c', join(folder, 'nginx.conf')], {
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    await started(nginx)
  })
  afterAll(async () => {
    nginx.kill('SIGTERM')
    await dispatcher.destroy()
    await house.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  const ask = (stream: boolean) =>
    fetch(`${url}/v1/chat/completions`, {
      method: 'POST',
      dispatcher,
      headers: { authorization: `Bearer ${house.key}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        model: 'gpt-4o',
        messages: [{ role: 'user', content: 'Say hello' }],
        stream,
      }),
    })

  test('passes calls on', async () => {
    const answer = await ask(false)
    expect(answer.status).toBe(200)
    expect(answer.headers.get('x-request-id')).toBeTruthy()
    expect(await answer.json()).toMatchObject({ object: 'chat.completion' })
  })

  test('hands a stream over while it comes: its beginning arrives though it never ends', async () => {
    house.emulator.control.faults.add({
      on: { route: 'chat' },
      times: 1,
      do: { kind: 'stall', after: 3 },
    })
    const answer = await ask(true)
    const reader = answer.body?.getReader()
    const first = await reader?.read()
    expect(new TextDecoder().decode(first?.value as Uint8Array)).toContain('data: ')
    await reader?.cancel()
  })

  test('takes a body of several megabytes', async () => {
    const answer = await fetch(`${url}/v1/messages/count_tokens`, {
      method: 'POST',
      dispatcher,
      headers: { 'x-api-key': house.key, 'content-type': 'application/json' },
      body: JSON.stringify({
        model: 'gpt-4o',
        messages: [{ role: 'user', content: 'word '.repeat(800_000) }],
      }),
    })
    expect(answer.status).toBe(200)
    await answer.text()
  })

  test('shows metrics to nobody', async () => {
    const answer = await fetch(`${url}/metrics`, { dispatcher })
    expect(answer.status).toBe(403)
    await answer.text()
  })
})

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => {
        resolve(port)
      })
    })
  })
}

/** Resolves once it has read its configuration and listens. */
function started(nginx: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let log = ''
    nginx.stderr?.setEncoding('utf8').on('data', (text: string) => {
      log += text
      if (/nginx\/\d/.test(log)) resolve()
    })
    nginx.once('exit', () => {
      reject(new Error(log))
    })
  })
}
