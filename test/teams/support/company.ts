import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createEmulator, type Emulator } from '../../../src/emulator/index.ts'
import { startReplica, type Replica } from './start-replica.ts'

export const MASTER = 'sk-master-of-the-company'

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  readonly json: Record<string, unknown>
}

export interface SendOptions {
  /** @default the master key */
  readonly key?: string
  /** With one it is a POST. */
  readonly body?: unknown
  /** @default the next in turn */
  readonly at?: Replica
}

/** One company: GitHub as the emulator plays it, and gateways in front of it that share what they keep. */
export interface Company extends AsyncDisposable {
  readonly emulator: Emulator
  readonly replicas: Replica[]
  /** One more gateway on the same data. */
  addReplica(): Promise<Replica>
  /** To the replicas in turn, or to one of them. */
  readonly send: (path: string, options?: SendOptions) => Promise<Response>
  /** The same, read to its end. */
  readonly ask: (path: string, options?: SendOptions) => Promise<Answer>
}

export async function startCompany(options: {
  readonly replicas: number
  readonly environment: Readonly<Record<string, string>>
}): Promise<Company> {
  const emulator = await createEmulator({
    deviceInterval: 0,
    // Its oldest requests shall not be forgotten while they are counted.
    recordLimit: 10_000,
    recordBodies: false,
    accounts: [
      { login: 'root-person' },
      { login: 'ada-at-github', plan: 'business' },
      { login: 'bob-at-github', plan: 'business' },
    ],
  })
  const folder = await mkdtemp(join(tmpdir(), 'jetway-company-'))
  const { url } = emulator
  const environment = {
    HOME: folder,
    JETWAY_DATA_DIR: folder,
    JETWAY_MASTER_KEY: MASTER,
    JETWAY_DISCOVERY: 'off',
    // The same request a thousand times is the point here.
    JETWAY_ANOMALY_STOP: 'off',
    GITHUB_COPILOT_TOKEN_DIR: folder,
    GITHUB_COPILOT_DEVICE_CODE_URL: `${url}/login/device/code`,
    GITHUB_COPILOT_ACCESS_TOKEN_URL: `${url}/login/oauth/access_token`,
    GITHUB_COPILOT_API_KEY_URL: `${url}/copilot_internal/v2/token`,
    GITHUB_COPILOT_API_BASE: url,
    ...options.environment,
  }
  const replicas: Replica[] = []
  let turn = 0
  const company: Company = {
    emulator,
    replicas,
    async addReplica() {
      const replica = await startReplica(environment)
      replicas.push(replica)
      return replica
    },
    send(path, { key = MASTER, body, at } = {}) {
      const replica = at ?? replicas[turn++ % replicas.length]
      return fetch(`${replica?.url}${path}`, {
        method: body === undefined ? 'GET' : 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
    },
    async ask(path, given) {
      const response = await company.send(path, given)
      const text = await response.text()
      const { status, headers } = response
      const isJson = headers.get('content-type')?.includes('application/json') === true
      return {
        status,
        headers,
        text,
        json: isJson ? (JSON.parse(text) as Record<string, unknown>) : {},
      }
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(replicas.map((replica) => replica.kill()))
      await emulator.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
  await Promise.all(Array.from({ length: options.replicas }, () => company.addReplica()))
  return company
}

/** Until it holds; for what happens a moment later in other processes. */
export async function eventually(holds: () => Promise<boolean>, withinMs = 10_000): Promise<void> {
  const started = performance.now()
  while (!(await holds())) {
    if (performance.now() - started > withinMs) throw new Error(`not within ${withinMs} ms`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
