import { describe, expect, test } from 'vitest'
import { systemClock } from '../../core/clock.ts'
import { APIConnectionError, Timeout } from '../../core/errors.ts'
import type { HttpClient, HttpResponse } from '../../core/http.ts'
import type { JsonObject } from '../../core/json.ts'
import { exchangeToken, readExchange } from './exchange.ts'
import { readGitHubFailure } from './github-failure.ts'

const NOW = 1_790_000_000_000
const body = (changes: JsonObject = {}): JsonObject => ({
  token: 'tid=1;exp=1790001800:ab',
  expires_at: NOW / 1000 + 1800,
  refresh_in: 1500,
  endpoints: { api: 'https://api.individual.githubcopilot.com' },
  sku: 'monthly_subscriber',
  ...changes,
})

describe('when a token is renewed, and how long it serves', () => {
  const seconds = (atMs: number | undefined): number => ((atMs ?? 0) - NOW) / 1000
  for (const [name, changes, serverMs, renew, expires, dead] of [
    ['as usual', {}, NOW, 1500, 1560, 1800],
    ['without a date', {}, undefined, 1500, 1560, 1800],
    ['this clock an hour ahead', {}, NOW - 3_600_000, 1500, 1560, 5400],
    [
      'this clock behind, and no date',
      { expires_at: NOW / 1000 + 5400 },
      undefined,
      1500,
      1560,
      5400,
    ],
    [
      'this clock ahead, and no date',
      { expires_at: NOW / 1000 - 600 },
      undefined,
      1500,
      1560,
      1560,
    ],
    ['a token that lives five seconds', { expires_at: NOW / 1000 + 5 }, NOW, 4.5, 5, 5],
    ['no refresh_in', { refresh_in: null }, NOW, 1680, 1740, 1800],
    ['nothing but the token', { refresh_in: null, expires_at: null }, NOW, 1440, 1500, 1560],
  ] as const) {
    test(name, () => {
      const token = readExchange(body(changes), NOW, serverMs)
      expect([
        seconds(token?.renewAtMs),
        seconds(token?.expiresAtMs),
        seconds(token?.deadAtMs),
      ]).toEqual([renew, expires, dead])
    })
  }

  test('an empty or broken token is none', () => {
    for (const token of ['', null, 7, 'two words', 'line\nbreak']) {
      expect(readExchange(body({ token }), NOW)).toBeUndefined()
    }
  })
})

describe('a GitHub that says nothing', () => {
  const silence = new Timeout('api.github.com did not answer', { code: 'timeout' })
  const exchange = async (answers: readonly (HttpResponse | Error)[]) => {
    const patience: (number | undefined)[] = []
    const http: HttpClient = {
      request: ({ timeoutMs }) => {
        patience.push(timeoutMs)
        const answer = answers[patience.length - 1]
        if (answer === undefined) throw new Error('asked too often')
        return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer)
      },
    }
    const url = 'https://api.github.com/copilot_internal/v2/token'
    const asked = exchangeToken({ http, clock: systemClock, url, token: 'ghu_x', headers: {} })
    return { result: await asked.catch((error: unknown) => error), patience }
  }
  const answer = { status: 200, headers: {}, body: JSON.stringify(body()) }

  test('is asked once more', async () => {
    const { result, patience } = await exchange([silence, answer])
    expect(result).toMatchObject({ ok: true, token: { sku: 'monthly_subscriber' } })
    expect(patience).toEqual([5_000, 10_000])
  })

  test('is not asked a third time', async () => {
    const { result, patience } = await exchange([silence, silence, answer])
    expect(result).toBe(silence)
    expect(patience).toHaveLength(2)
  })

  test('one that cannot be reached is not asked again here', async () => {
    const refused = new APIConnectionError('connection refused', { code: 'connection_refused' })
    expect(await exchange([refused, answer])).toEqual({ result: refused, patience: [5_000] })
  })
})

describe('what GitHub says', () => {
  const read = (
    status: number,
    answer: unknown,
    headers = {},
  ): ReturnType<typeof readGitHubFailure> =>
    readGitHubFailure(
      { status, headers, body: JSON.stringify(answer) },
      'refused the token exchange',
      NOW,
    )

  for (const [name, status, answer, about, kind] of [
    ['revoked', 401, { message: 'Bad credentials' }, 'token', 401],
    [
      'no subscription',
      403,
      { error_details: { notification_id: 'no_copilot_access', message: 'No access.' } },
      'account',
      403,
    ],
    [
      'a personal access token',
      403,
      { message: 'Resource not accessible by personal access token' },
      'way',
      403,
    ],
    ["another app's token", 404, { message: 'Not Found' }, 'way', 403],
    ['a rate limit', 403, { message: 'API rate limit exceeded for user ID 123.' }, 'moment', 429],
    ['an outage', 503, {}, 'moment', 503],
    [
      'a failure of theirs',
      403,
      { error_details: { notification_id: 'server_error' } },
      'moment',
      403,
    ],
  ] as const) {
    test(name, () => {
      const refusal = read(status, answer)
      expect(refusal.about).toBe(about)
      expect(refusal.error.status).toBe(kind)
    })
  }

  test('its own words, its id and its address, with the editor filled in', () => {
    const { error } = read(403, {
      can_signup_for_limited: false,
      error_details: {
        url: 'https://github.com/github-copilot/signup?editor={EDITOR}',
        message: 'No access to GitHub Copilot found. You are currently logged in as octo.',
        title: 'Signup for GitHub Copilot',
        notification_id: 'no_copilot_access',
      },
      message: 'Resource not accessible by integration',
    })
    expect(error.code).toBe('no_copilot_access')
    expect(error.message).toBe(
      'GitHub refused the token exchange (403): No access to GitHub Copilot found. You are currently logged in as octo. Signup for GitHub Copilot: https://github.com/github-copilot/signup?editor=vscode',
    )
  })

  test('when to come back', () => {
    const headers = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(NOW / 1000 + 90) }
    const { error } = read(403, { message: 'API rate limit exceeded' }, headers)
    expect(error.retry_after).toBe(90)
  })
})
