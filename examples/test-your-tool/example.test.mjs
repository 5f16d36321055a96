// Tests of a tool of your own against the emulator, run by Node's test runner. Nothing leaves the machine.
/* oxlint-disable typescript/no-floating-promises -- the runner waits for its tests by itself */
import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import { createEmulator } from 'jetway/emulator'
import { createGateway } from 'jetway/gateway'
import { summarize } from './summarize.mjs'

const apiKey = 'sk-test'
let emulator
let gateway
let target

before(async () => {
  emulator = await createEmulator()
  gateway = await createGateway({
    port: 0,
    masterKey: apiKey,
    environment: {
      GITHUB_COPILOT_API_KEY_URL: `${emulator.url}/copilot_internal/v2/token`,
      GITHUB_COPILOT_API_BASE: emulator.url,
      GITHUB_COPILOT_TOKEN_DIR: process.env.GITHUB_COPILOT_TOKEN_DIR ?? '/nonexistent',
      COPILOT_OAUTH_TOKEN: emulator.control.tokens.issue().value,
    },
  })
  target = { baseURL: `${gateway.url}/v1`, apiKey }
})
after(async () => {
  await gateway.close()
  await emulator.close()
})
beforeEach(() => {
  emulator.control.faults.clear()
  emulator.control.requests.clear()
})

test('gives what the model said', async () => {
  assert.equal(await summarize('say: It rains.', target), 'It rains.')
})

test('sends its instruction', async () => {
  await summarize('say: yes', target)
  const [request] = emulator.control.requests.list({ route: 'chat' })
  assert.equal(request.body.messages[0].content, 'Summarize in one sentence.')
  assert.equal(request.headers['x-initiator'], 'user')
})

test('survives a busy moment', async () => {
  emulator.control.faults.add({
    on: { route: 'chat' },
    times: 1,
    do: { kind: 'error', name: 'service_unavailable' },
  })
  assert.equal(await summarize('say: after all', target), 'after all')
  assert.equal(emulator.control.requests.list({ route: 'chat' }).length, 2)
})

test('says so when the text is filtered', async () => {
  await assert.rejects(summarize('[filter]', target), /refused this text/)
})
