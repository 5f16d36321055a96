import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildDashboard } from '../../../scripts/build-dashboard.mjs'
import { createEmulator, type Emulator } from '../../../src/emulator/index.ts'
import { openTeams } from '../../../src/gateway/admin/index.ts'
import { createGateway, type Gateway } from '../../../src/gateway/index.ts'

export const MASTER = 'sk-master-of-the-dashboard'

/** A company in the small: the emulator as GitHub, a gateway with its ledger, and the page as it is built now. */
export interface World extends AsyncDisposable {
  readonly gateway: Gateway
  readonly emulator: Emulator
  readonly url: string
  /** The file of its ledger. */
  readonly database: string
  /** With the master key, unless another is given. */
  readonly ask: (path: string, body?: unknown, key?: string) => Promise<Response>
  readonly makeKey: (fields: Record<string, unknown>) => Promise<string>
  readonly say: (
    text: string,
    options?: { key?: string; model?: string; id?: string },
  ) => Promise<Response>
}

export async function startWorld(): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), 'jetway-dashboard-'))
  const dashboardFolder = join(folder, 'page')
  await buildDashboard(dashboardFolder)
  const emulator = await createEmulator({
    deviceInterval: 0,
    accounts: [{ login: 'octo' }, { login: 'ada-at-github', plan: 'business' }],
  })
  const gateway = await createGateway({
    port: 0,
    masterKey: MASTER,
    dashboardFolder,
    extend: (context) => openTeams(context),
    environment: {
      HOME: folder,
      JETWAY_DATA_DIR: join(folder, 'data'),
      GITHUB_COPILOT_TOKEN_DIR: join(folder, 'tokens'),
      JETWAY_DISCOVERY: 'off',
      GITHUB_COPILOT_DEVICE_CODE_URL: `${emulator.url}/login/device/code`,
      GITHUB_COPILOT_ACCESS_TOKEN_URL: `${emulator.url}/login/oauth/access_token`,
      GITHUB_COPILOT_API_KEY_URL: `${emulator.url}/copilot_internal/v2/token`,
      GITHUB_COPILOT_API_BASE: emulator.url,
      COPILOT_OAUTH_TOKEN: emulator.control.tokens.issue({ kind: 'ghu' }).value,
    },
  })
  const { url } = gateway
  const ask: World['ask'] = (path, body, key = MASTER) =>
    fetch(url + path, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
  return {
    gateway,
    emulator,
    url,
    database: join(folder, 'data', 'jetway.db'),
    ask,
    async makeKey(fields) {
      const response = await ask('/key/generate', fields)
      if (!response.ok) throw new Error(await response.text())
      return ((await response.json()) as { key: string }).key
    },
    async say(text, { key = MASTER, model = 'gpt-4o', id } = {}) {
      const response = await fetch(`${url}/v1/chat/completions`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${key}`,
          'content-type': 'application/json',
          ...(id === undefined ? {} : { 'x-request-id': id }),
        },
        body: JSON.stringify({ model, messages: [{ role: 'user', content: text }] }),
      })
      await response.text()
      return response
    },
    async [Symbol.asyncDispose]() {
      await gateway.close()
      await emulator.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Some people, keys and calls, good and bad, so that every page has something to show. */
export async function furnish(world: World): Promise<void> {
  await world.ask('/team/new', {
    team_id: 'engineering',
    team_alias: 'Engineering',
    max_budget_credits: 5000,
    budget_duration: '1mo',
  })
  await world.ask('/user/new', {
    user_id: 'ada',
    user_alias: 'Ada Lovelace',
    user_email: 'ada@example.com',
  })
  await world.ask('/user/new', {
    user_id: 'grace',
    user_alias: 'Grace Hopper',
    user_role: 'administrator',
    max_budget_credits: 900,
    budget_duration: '7d',
  })
  const ci = await world.makeKey({
    key_alias: 'ci',
    team_id: 'engineering',
    max_budget_credits: 300,
    budget_duration: '1mo',
  })
  const editor = await world.makeKey({
    key_alias: 'editor',
    team_id: 'engineering',
    models: ['gpt-*', 'claude-*'],
  })
  for (const [model, key] of [
    ['gpt-4o', ci],
    ['claude-sonnet-4.5', editor],
    ['gpt-4.1', ci],
    ['gpt-5.4', editor],
    ['gpt-4o', MASTER],
    ['gpt-4o', ci],
  ] as const) {
    await world.say('write 120 words about calm software', { key, model })
  }
  world.emulator.control.faults.add({
    on: { route: 'chat' },
    times: 1,
    do: { kind: 'error', name: 'bad_gateway' },
  })
  await world.say('say: after a fault', { key: ci, id: 'req-after-a-fault' })
  await world.say('hello', { key: ci, model: 'gpt-nonexistent' })
}
