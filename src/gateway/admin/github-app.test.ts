import { generateKeyPairSync } from 'node:crypto'
import { afterEach, expect, test } from 'vitest'
import { systemClock, type Clock } from '../../core/clock.ts'
import { startDemoGateway, type DemoGateway } from '../__fixtures__/start-demo-gateway.ts'
import { post } from '../__fixtures__/start-test-gateway.ts'
import { openTeams } from './index.ts'

const MASTER = 'sk-master-of-tests'
const HOUR = 3600
const pair = generateKeyPairSync('rsa', { modulusLength: 2048 })
const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 })
const pem = (key: typeof pair.privateKey): string =>
  key.export({ type: 'pkcs1', format: 'pem' }).toString()

let open: DemoGateway[] = []
afterEach(async () => {
  await Promise.all(open.map((demo) => demo[Symbol.asyncDispose]()))
  open = []
})

/** An organisation's gateway, GitHub's clock and its own moved together. */
async function organisation(privateKey = pem(pair.privateKey)) {
  let shiftMs = 0
  const clock: Clock = {
    now: () => systemClock.now() + shiftMs,
    monotonic: () => systemClock.monotonic() + shiftMs,
    setTimer: (delayMs, callback, keepAlive) => systemClock.setTimer(delayMs, callback, keepAlive),
  }
  const demo = await startDemoGateway({
    signedIn: false,
    emulator: { clock, accounts: [{ login: 'acme', plan: 'business' }] },
    gateway: {
      masterKey: MASTER,
      clock,
      async extend(context) {
        const api = context.environment['GITHUB_COPILOT_API_BASE'] ?? ''
        const environment = {
          ...context.environment,
          JETWAY_GITHUB_APP_ID: '77',
          JETWAY_GITHUB_APP_INSTALLATION_ID: '42',
          JETWAY_GITHUB_APP_PRIVATE_KEY: privateKey,
          JETWAY_GITHUB_API_URL: api,
        }
        return openTeams({ ...context, environment })
      },
    },
  })
  open.push(demo)
  const publicKey = pair.publicKey.export({ type: 'spki', format: 'pem' }).toString()
  const app = { appId: '77', installationId: '42', publicKey }
  demo.emulator.control.apps.put(app)
  return {
    app,
    control: demo.emulator.control,
    issued: () => demo.emulator.control.counters.read().installationTokens,
    pass: (seconds: number) => {
      shiftMs += seconds * 1000
    },
    call: () =>
      post(
        demo.url,
        '/v1/chat/completions',
        { model: 'gpt-4o', messages: [{ role: 'user', content: 'hello' }] },
        { authorization: `Bearer ${MASTER}` },
      ),
  }
}

test('calls are billed to the organisation, with a token that is renewed from the App’s key for days', async () => {
  const { control, call, issued, pass } = await organisation()
  for (let hour = 0; hour < 48; hour++) {
    expect((await call()).status).toBe(200)
    pass(HOUR)
  }
  // One for each hour; none lives longer.
  expect(issued()).toBe(48)
  const logins = control.requests.list({ route: 'chat' }).map(({ login }) => login)
  expect(logins).toEqual(Array(48).fill('acme'))
})

test('the last minutes of a token are used while GitHub refuses another; then the reason is said', async () => {
  const { app, control, call, issued, pass } = await organisation()
  expect((await call()).status).toBe(200)
  control.apps.put({ ...app, suspended: true })
  control.tokens.expireAll()
  pass(HOUR - 120)
  expect((await call()).status).toBe(200)
  pass(HOUR)
  // Whatever was on its way when the clock was set has ended badly; that is not asked about anew with every call.
  expect((await call()).status).toBe(401)
  pass(120)
  const refused = await call()
  expect([refused.status, refused.text]).toEqual([
    401,
    expect.stringContaining('This installation has been suspended') as string,
  ])
  control.apps.put(app)
  pass(120)
  expect((await call()).status).toBe(200)
  expect(issued()).toBe(2)
})

test('a key that is not the App’s, and an App without the permission, are said', async () => {
  const wrong = await organisation(pem(stranger.privateKey))
  const refused = await wrong.call()
  expect(refused.status).toBe(401)
  expect(refused.text).toContain('A JSON web token could not be decoded')
  const { app, control, call } = await organisation()
  control.apps.put({ ...app, copilotRequests: false })
  const unable = await call()
  expect(unable.status).toBeGreaterThanOrEqual(401)
  expect(unable.status).toBeLessThanOrEqual(403)
})
