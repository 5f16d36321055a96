import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer as createPlain, request as forward } from 'node:http'
import { createServer as createSecure } from 'node:https'
import { connect, type AddressInfo, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { createEmulator, type Emulator } from '../../src/emulator/index.ts'
import { startHouse } from '../support/gateway-process.ts'

/**
 * Seats at a GHE.com tenant and at a GitHub Enterprise Server: their real names, over TLS, through a proxy that knows where they
 * are on this machine. Each has an emulator of its own, so that a token that goes to the wrong one is refused.
 */
const TENANT = 'acme.ghe.com'
const SERVER = 'ghes.acme.test'
const folder = mkdtempSync(join(tmpdir(), 'jetway-hosts-'))
const emulators = {
  tenant: await createEmulator({
    deviceInterval: 0,
    seed: 'tenant',
    accounts: [{ login: 'ada', plan: 'enterprise' }],
    endpointsApi: `https://copilot-api.${TENANT}`,
  }),
  server: await createEmulator({
    deviceInterval: 0,
    seed: 'server',
    accounts: [{ login: 'bob', plan: 'business' }],
    endpointsApi: 'https://api.business.githubcopilot.com',
  }),
}
const behind: Readonly<Record<string, Emulator>> = {
  [TENANT]: emulators.tenant,
  [`api.${TENANT}`]: emulators.tenant,
  [`copilot-api.${TENANT}`]: emulators.tenant,
  [SERVER]: emulators.server,
  // A server of one's own has Copilot from the cloud.
  'api.business.githubcopilot.com': emulators.server,
}
const asked: string[] = []
const certificate = makeCertificate()
const secure = createSecure(certificate, (incoming, outgoing) => {
  const name = (incoming.headers.host ?? '').replace(/:443$/, '')
  asked.push(`${name}${(incoming.url ?? '').replace(/\?.*/, '')}`)
  const emulator = behind[name]
  if (!emulator) {
    outgoing.writeHead(502).end()
    return
  }
  const { method, url, headers } = incoming
  const onward = forward(`${emulator.url}${url}`, { method, headers }, (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
    answer.pipe(outgoing)
  })
  incoming.pipe(onward)
})
const proxy = createPlain()
proxy.on('connect', (_request, socket) => {
  const onward = connect((secure.address() as AddressInfo).port, '127.0.0.1', () => {
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
    onward.pipe(socket).pipe(onward)
  })
  onward.on('error', () => socket.destroy())
  socket.on('error', () => onward.destroy())
})
await Promise.all([listening(secure), listening(proxy)])
const house = await startHouse({
  signedOut: true,
  environment: {
    HTTPS_PROXY: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    NODE_EXTRA_CA_CERTS: join(folder, 'cert.pem'),
    JETWAY_GITHUB_HOSTS: SERVER,
    GITHUB_COPILOT_DEVICE_CODE_URL: '',
    GITHUB_COPILOT_ACCESS_TOKEN_URL: '',
    GITHUB_COPILOT_API_KEY_URL: '',
    GITHUB_COPILOT_API_BASE: '',
  },
})
afterAll(async () => {
  await house.stop()
  secure.closeAllConnections()
  proxy.closeAllConnections()
  secure.close()
  proxy.close()
  await Promise.all(Object.values(emulators).map((emulator) => emulator.close()))
  rmSync(folder, { recursive: true, force: true })
})

test.each([
  [
    'a GHE.com tenant',
    'ada',
    TENANT,
    emulators.tenant,
    [
      `${TENANT}/login/device/code`,
      `${TENANT}/login/oauth/access_token`,
      `api.${TENANT}/copilot_internal/v2/token`,
      `copilot-api.${TENANT}/models`,
      `copilot-api.${TENANT}/chat/completions`,
    ],
  ],
  [
    'a server of one’s own',
    'bob',
    SERVER,
    emulators.server,
    [
      `${SERVER}/login/device/code`,
      `${SERVER}/login/oauth/access_token`,
      `${SERVER}/api/v3/copilot_internal/v2/token`,
      'api.business.githubcopilot.com/models',
      'api.business.githubcopilot.com/chat/completions',
    ],
  ],
])(
  'a seat at %s is connected and used there, and nowhere else',
  async (_where, user, host, emulator, paths) => {
    asked.length = 0
    await tell('/user/new', { user_id: user })
    const { key } = (await tell('/key/generate', { user_id: user })) as { key: string }
    const started = (await tell('/seats/connect/start', { host }, key)) as {
      user_code: string
      flow_handle: string
    }
    emulator.control.device.approve({ userCode: started.user_code, login: user })
    const poll = () => tell('/seats/connect/poll', { flow_handle: started.flow_handle }, key)
    expect(await poll()).toMatchObject({ status: 'connected', github_login: user })
    const answer = await tell(
      '/v1/chat/completions',
      { model: 'gpt-4o', messages: [{ role: 'user', content: 'say: hello' }] },
      key,
    )
    expect(answer).toMatchObject({ choices: [{ message: { content: 'hello' } }] })
    expect(emulator.control.requests.list({ route: 'chat' }).map(({ login }) => login)).toEqual([
      user,
    ])
    for (const path of paths) expect(asked).toContain(path)
    const names = new Set(asked.map((one) => one.split('/', 1)[0] ?? ''))
    for (const name of names) expect(behind[name]).toBe(emulator)
  },
)

test('a host that nobody allowed is not called at all', async () => {
  asked.length = 0
  await tell('/user/new', { user_id: 'eve' })
  const { key } = (await tell('/key/generate', { user_id: 'eve' })) as { key: string }
  expect(await tell('/seats/connect/start', { host: 'evil.test' }, key)).toMatchObject({
    error: { code: 'host_not_allowed', param: 'host' },
  })
  expect(asked).toEqual([])
})

async function tell(path: string, body: object, key = house.key): Promise<unknown> {
  const response = await fetch(`${house.url}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  return response.json()
}

function listening(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
}

/** One certificate for all the names, which the gateway is told to trust. */
function makeCertificate(): { readonly key: string; readonly cert: string } {
  const key = join(folder, 'key.pem')
  const cert = join(folder, 'cert.pem')
  const names = Object.keys(behind).map((name) => `DNS:${name}`)
  execFileSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-days',
      '2',
      '-subj',
      '/CN=hosts of tests',
      '-keyout',
      key,
      '-out',
      cert,
      '-addext',
      `subjectAltName=${names.join(',')}`,
    ],
    { stdio: 'ignore' },
  )
  return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') }
}
