import { setMaxListeners } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Clock } from '../../core/clock.ts'
import { systemClock } from '../../core/clock.ts'
import { createSeededRandom } from '../../core/random.ts'
import type { HttpResponse } from '../../core/http.ts'
import type { Access, Draft } from '../../core/upstream.ts'
import { createEmulator } from '../../emulator/index.ts'
import type { Emulator, EmulatorOptions } from '../../emulator/index.ts'
import { createTransport } from '../../transport/transport.ts'
import type { CopilotOptions, CopilotUpstream } from '../index.ts'
import { createCopilot } from '../index.ts'

/** GitHub and Copilot on a port of this machine, an empty home, and as many clients as a test wants. */
export interface World extends AsyncDisposable {
  readonly emulator: Emulator
  readonly home: string
  /** The default folder of sign-ins. */
  readonly folder: string
  readonly environment: Record<string, string>
  readonly log: string[]
  copilot(changes?: Partial<CopilotOptions>): CopilotUpstream
  /** One model call, as the engine would send it. */
  call(copilot: CopilotUpstream, draft: DraftInput): Promise<HttpResponse>
}

export type DraftInput = Partial<Omit<Draft, 'model'>> & { readonly model: string }

/** Never aborts. */
export const never = new AbortController().signal
setMaxListeners(0, never)

export async function createWorld(options: EmulatorOptions = {}): Promise<World> {
  const emulator = await createEmulator(options)
  const home = await mkdtemp(join(tmpdir(), 'jetway-copilot-'))
  const transport = createTransport()
  const clients: CopilotUpstream[] = []
  const log: string[] = []
  const environment: Record<string, string> = {
    HOME: home,
    GITHUB_COPILOT_DEVICE_CODE_URL: `${emulator.url}/login/device/code`,
    GITHUB_COPILOT_ACCESS_TOKEN_URL: `${emulator.url}/login/oauth/access_token`,
    GITHUB_COPILOT_API_KEY_URL: `${emulator.url}/copilot_internal/v2/token`,
  }
  const clock: Clock = systemClock
  return {
    emulator,
    home,
    folder: join(home, '.config', 'litellm', 'github_copilot'),
    environment,
    log,
    copilot(changes = {}) {
      const copilot = createCopilot({
        http: transport,
        clock,
        random: createSeededRandom(1),
        environment,
        settings: { acceptPolicies: false, identityHeaders: {} },
        log: (level, message, fields) => log.push(`${level} ${message} ${JSON.stringify(fields)}`),
        ...changes,
      })
      clients.push(copilot)
      return copilot
    },
    async call(copilot, input) {
      const at = { seat: 'own' }
      const model = await copilot.findModel(input.model, at, never)
      if (!model) throw new Error(`no model ${input.model}`)
      const access = input.access ?? (await copilot.access(at, never))
      const body = { messages: [{ role: 'user', content: 'hello' }], ...input.body }
      const draft: Draft = { ...plainDraft(access), ...input, model, body }
      const prepared = copilot.prepare(draft)
      const sent: Record<string, unknown> = { ...body }
      for (const [name, value] of prepared.edits) sent[name] = value
      return transport.request({
        method: 'POST',
        url: access.origin + access.basePath + prepared.path,
        headers: { ...prepared.headers, ...access.authorization },
        body: JSON.stringify(sent),
      })
    },
    async [Symbol.asyncDispose]() {
      for (const client of clients) client.close()
      await transport.destroy()
      await emulator.close()
      await rm(home, { recursive: true, force: true })
    },
  }
}

export function plainDraft(access: Access): Omit<Draft, 'model' | 'body'> {
  return {
    wire: 'chat',
    facts: {
      model: '',
      stream: false,
      lastTurn: 'user',
      lastTurnReason: 'the last message is a human turn',
      hasImages: false,
    },
    callerHeaders: new Map(),
    extraHeaders: {},
    access,
    requestId: 'request-1',
    attempt: 1,
    stream: false,
    dropParams: false,
    lessons: [],
  }
}
