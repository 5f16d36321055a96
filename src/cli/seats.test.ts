import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createEmulator } from '../emulator/index.ts'
import type { Emulator } from '../emulator/index.ts'
import { buildCommand } from './__fixtures__/command.ts'
import { makeHome } from './__fixtures__/home.ts'
import type { BuiltCommand, Running } from './__fixtures__/command.ts'

const MASTER = 'sk-master'
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
  const made = makeHome(emulator, {
    JETWAY_MASTER_KEY: MASTER,
    GITHUB_COPILOT_API_BASE: emulator.url,
  })
  ;({ folder: home, environment } = made)
  mkdirSync(join(home, '.config/jetway'), { recursive: true })
  writeFileSync(
    join(home, '.config/jetway/config.yaml'),
    'jetway:\n  limits:\n    anomaly_identical_requests: 8\n',
  )
  return () => {
    made.remove()
  }
})

async function startGateway(): Promise<[Running, string]> {
  const running = jetway.start(['start', '--port', '0'], { environment })
  const [, url = ''] = await running.waitFor('stdout', /(http:\S+:\d+)$/m)
  return [running, url]
}

async function ask(url: string, text: string): Promise<number> {
  const answer = await fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${MASTER}` },
    body: JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content: text }] }),
  })
  await answer.text()
  return answer.status
}

async function administer(url: string, path: string, body?: object): Promise<unknown> {
  const answer = await fetch(`${url}${path}`, {
    method: body ? 'POST' : 'GET',
    headers: { authorization: `Bearer ${MASTER}` },
    ...(body ? { body: JSON.stringify(body) } : {}),
  })
  return answer.json()
}

test('an agent that loops is stopped until a person lifts it, over a restart, by command and by HTTP', async () => {
  const [first, url] = await startGateway()
  for (let call = 1; call < 8; call++) expect(await ask(url, 'again')).toBe(200)
  expect(await ask(url, 'again')).toBe(429)
  const asked = emulator.control.requests.list().length
  expect(await ask(url, 'something else')).toBe(429)
  expect(emulator.control.requests.list()).toHaveLength(asked)
  expect(await (await fetch(`${url}/metrics`)).text()).toMatch(
    /^jetway_stops 1$[^]*^jetway_stops_total\{reason="repeats"\} 1$/m,
  )
  await first.waitFor('stderr', /jetway seats resume seat:own/)
  expect((await first.stop('SIGTERM')).code).toBe(0)

  const [second, again] = await startGateway()
  expect(await ask(again, 'something else')).toBe(429)
  const listed = await jetway.run(['seats', 'list'], { environment })
  expect(listed.stdout).toMatch(/^seat:own +- +- +stopped +the same request came 8 times/m)
  const resumed = await jetway.run(['seats', 'resume', '--json'], { environment })
  expect(JSON.parse(resumed.stdout)).toEqual({ resumed: 'seat:own', reason: 'repeats' })
  await expect.poll(() => ask(again, 'something else'), { timeout: 10_000 }).toBe(200)

  for (let call = 0; call < 8; call++) await ask(again, 'and again')
  expect(await administer(again, '/seats/stops')).toMatchObject({
    stops: [{ scope: 'seat:own', reason: 'repeats' }],
  })
  expect(await administer(again, '/seats/resume', {})).toMatchObject({
    resumed: { scope: 'seat:own' },
  })
  expect(await ask(again, 'go on')).toBe(200)
  expect(await administer(again, '/seats/resume', {})).toMatchObject({
    error: { code: 'stop_not_found' },
  })
  expect(await administer(again, '/audit?limit=4')).toMatchObject({
    entries: [
      { actor: 'master', action: 'seat.resume' },
      { actor: 'gateway', action: 'seat.stop' },
      { actor: 'command', action: 'seat.resume' },
      { actor: 'gateway', action: 'seat.stop' },
    ],
  })
  const none = await jetway.run(['seats', 'resume'], { environment })
  expect(none).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('nothing is stopped') as string,
  })
  await second.stop('SIGTERM')
})

test('it can be switched off', async () => {
  environment['JETWAY_ANOMALY_STOP'] = 'off'
  const [running, url] = await startGateway()
  for (let call = 0; call < 12; call++) expect(await ask(url, 'again')).toBe(200)
  await running.stop('SIGTERM')
})

test('a wrong switch is a mistake of the configuration', async () => {
  environment['JETWAY_ANOMALY_STOP'] = 'maybe'
  const ran = await jetway.run(['start', '--port', '0'], { environment })
  expect(ran).toMatchObject({
    code: 4,
    stderr: expect.stringContaining('JETWAY_ANOMALY_STOP must be on or off') as string,
  })
})
