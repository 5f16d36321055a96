import { describe, expect, test } from 'vitest'
import type { HttpClient, HttpRequest, HttpResponse } from '../../core/http.ts'
import { APIConnectionError } from '../../core/errors.ts'
import { createVirtualClock } from '../../core/virtual-clock.ts'
import { configuredHosts } from '../github/hosts.ts'
import { pollDeviceFlow, startDeviceFlow } from './flow.ts'
import type { DeviceCode, FlowContext } from './flow.ts'

const never = new AbortController().signal
const hosts = configuredHosts({}).hostsFor('github.com')

const CODE: DeviceCode = {
  deviceCode: 'd'.repeat(40),
  userCode: 'ABCD-1234',
  verificationUri: 'https://github.com/login/device',
  expiresAtMs: 1_790_000_900_000,
  intervalMs: 5_000,
}

interface Lab {
  readonly context: FlowContext
  readonly clock: ReturnType<typeof createVirtualClock>
  readonly sent: { readonly at: number; readonly request: HttpRequest }[]
}

/** GitHub, answering these one after the other; the last for ever. */
function createLab(...answers: readonly (Partial<HttpResponse> | Error | object)[]): Lab {
  const clock = createVirtualClock(1_790_000_000_000)
  const sent: { at: number; request: HttpRequest }[] = []
  const http: HttpClient = {
    request(request) {
      const answer = answers[Math.min(sent.length, answers.length - 1)]
      sent.push({ at: clock.monotonic(), request })
      if (answer instanceof Error) return Promise.reject(answer)
      if (answer && 'body' in answer) {
        return Promise.resolve({ status: 200, headers: {}, ...answer } as HttpResponse)
      }
      return Promise.resolve({ status: 200, headers: {}, body: JSON.stringify(answer) })
    },
  }
  return { clock, sent, context: { http, clock, hosts, headers: { 'user-agent': 'test' } } }
}

async function poll(lab: Lab, ms = 1_000_000): Promise<{ token?: string; error?: unknown }> {
  const outcome = pollDeviceFlow(lab.context, CODE, never).then(
    (token) => ({ token }),
    (error: unknown) => ({ error }),
  )
  await lab.clock.advance(ms)
  return outcome
}

describe('the code', () => {
  const issued = {
    device_code: CODE.deviceCode,
    user_code: CODE.userCode,
    verification_uri: CODE.verificationUri,
    expires_in: 900,
    interval: 5,
  }

  for (const [form, answer] of [
    ['JSON', issued],
    [
      'a form',
      {
        body: `device_code=${CODE.deviceCode}&expires_in=900&interval=5&user_code=ABCD-1234&verification_uri=https%3A%2F%2Fgithub.com%2Flogin%2Fdevice`,
      },
    ],
  ] as const) {
    test(`is read from ${form}`, async () => {
      const lab = createLab(answer)
      expect(await startDeviceFlow(lab.context, never)).toEqual(CODE)
      const request = lab.sent[0]?.request
      expect(request).toMatchObject({
        method: 'POST',
        url: 'https://github.com/login/device/code',
        headers: { accept: 'application/json', 'content-type': 'application/json' },
      })
      expect(JSON.parse(request?.body ?? '')).toEqual({
        client_id: 'Iv1.b507a08c87ecfe98',
        scope: 'read:user',
      })
    })
  }

  for (const [name, answer, reason] of [
    [
      'an unknown app',
      { status: 404, body: '{"error":"Not Found"}' },
      /Check GITHUB_COPILOT_CLIENT_ID/,
    ],
    ['the device flow off', { error: 'device_flow_disabled' }, /switched off/],
    ['a page of HTML', { status: 502, body: '<html>oops</html>' }, /502/],
    ['a page that is no page', { ...issued, verification_uri: 'javascript:alert(1)' }, /is none/],
    ['a page over plain http', { ...issued, verification_uri: 'http://github.com/x' }, /is none/],
    ['a code with escapes', { ...issued, user_code: '\u001b[31mABCD' }, /is none/],
  ] as const) {
    test(`is refused for ${name}`, async () => {
      await expect(startDeviceFlow(createLab(answer).context, never)).rejects.toThrow(reason)
    })
  }
})

describe('polling', () => {
  const pending = { error: 'authorization_pending', error_description: 'not yet' }

  test('waits the interval before each poll, until the person has decided', async () => {
    const lab = createLab(pending, pending, {
      access_token: 'ghu_1',
      token_type: 'bearer',
      scope: '',
    })
    expect(await poll(lab)).toEqual({ token: 'ghu_1' })
    const times = lab.sent.map(({ at }) => at)
    expect(times).toHaveLength(3)
    for (const [index, at] of times.entries()) {
      expect(at - (times[index - 1] ?? 0)).toBeGreaterThanOrEqual(5_000)
      expect(at - (times[index - 1] ?? 0)).toBeLessThan(6_500)
    }
    expect(JSON.parse(lab.sent[0]?.request.body ?? '')).toEqual({
      client_id: 'Iv1.b507a08c87ecfe98',
      device_code: CODE.deviceCode,
      grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
    })
  })

  test('takes a form, and a token that comes with a refresh token', async () => {
    const form = createLab({ body: 'access_token=gho_1&scope=read%3Auser&token_type=bearer' })
    expect(await poll(form)).toEqual({ token: 'gho_1' })
    const more = createLab({
      access_token: 'ghu_2',
      refresh_token: 'ghr_1',
      expires_in: 28_800,
      refresh_token_expires_in: 15_897_600,
    })
    expect(await poll(more)).toEqual({ token: 'ghu_2' })
  })

  for (const [name, answer, gap] of [
    ['with a new interval', { error: 'slow_down', interval: 12 }, 12_000],
    ['without one', { error: 'slow_down' }, 10_000],
    ['with a shorter one, which is no slowing down', { error: 'slow_down', interval: 1 }, 5_000],
  ] as const) {
    test(`slows down ${name}`, async () => {
      const lab = createLab(answer, { access_token: 'ghu_1' })
      expect(await poll(lab)).toEqual({ token: 'ghu_1' })
      const [first, second] = lab.sent
      expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(gap)
      expect((second?.at ?? 0) - (first?.at ?? 0)).toBeLessThan(gap + 1_500)
    })
  }

  test('a code GitHub has not heard of yet is asked for twice more, no oftener', async () => {
    const unknown = { error: 'incorrect_device_code', error_description: 'no such code' }
    expect(await poll(createLab(unknown, unknown, { access_token: 'ghu_1' }))).toEqual({
      token: 'ghu_1',
    })
    const lab = createLab(unknown)
    expect((await poll(lab)).error).toMatchObject({ code: 'incorrect_device_code', status: 401 })
    expect(lab.sent).toHaveLength(3)
  })

  for (const code of [
    'expired_token',
    'access_denied',
    'incorrect_client_credentials',
    'unsupported_grant_type',
    'device_flow_disabled',
    'unauthorized_client',
    'something_new',
  ]) {
    test(`${code} ends it`, async () => {
      const lab = createLab({ error: code, error_description: 'as GitHub says' })
      expect((await poll(lab)).error).toMatchObject({ code, llm_provider: 'github_copilot' })
      expect(lab.sent).toHaveLength(1)
    })
  }

  test('a network that comes and goes does not', async () => {
    const lab = createLab(
      new APIConnectionError('reset'),
      { status: 502, body: '<html>' },
      { access_token: 'ghu_1' },
    )
    expect(await poll(lab)).toEqual({ token: 'ghu_1' })
  })

  test('ends when the code is too old, whatever GitHub says', async () => {
    const lab = createLab(pending)
    expect((await poll(lab)).error).toMatchObject({ code: 'expired_token' })
    expect(lab.clock.pending).toBe(0)
    expect(lab.sent.at(-1)?.at).toBeLessThanOrEqual(900_000)
  })

  test('ends at once when it is called off', async () => {
    const lab = createLab(pending)
    const stop = new AbortController()
    const outcome = pollDeviceFlow(lab.context, CODE, stop.signal)
    outcome.catch(() => undefined)
    await lab.clock.advance(6_000)
    stop.abort(new Error('interrupted'))
    await expect(outcome).rejects.toThrow('interrupted')
    expect(lab.clock.pending).toBe(0)
  })
})
