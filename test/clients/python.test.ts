import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { environmentFor, startHouse, type House } from '../support/gateway-process.ts'
import { INSTALL_CLIENTS, missing, pythonPath, root } from '../support/require.ts'
import { jsonOf, run } from '../support/run.ts'

const reason = missing(pythonPath, INSTALL_CLIENTS)
const script = (name: string): string => join(root, 'test', 'clients', 'python', `${name}.py`)

/** The seed's own configuration file for LiteLLM's proxy. */
const SEED_CONFIG = `model_list:
  - model_name: github_copilot/gpt-4
    litellm_params:
      model: github_copilot/gpt-4
`

function python(name: string, house: House, more: Record<string, string> = {}) {
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: house.home,
    ORIGIN: house.url,
    API_KEY: house.key,
    ...more,
  }
  return run(pythonPath, [script(name)], { env })
}

/** The editor headers of the seed's examples, as they arrived at Copilot. */
function editorHeaders(house: House): (string | undefined)[][] {
  return house.emulator.control.requests
    .list({ path: '/chat/completions' })
    .map(({ headers }) => [headers['editor-version'], headers['copilot-integration-id']])
}

describe.skipIf(reason)(`Python clients (${reason ?? 'installed'})`, () => {
  describe('with the seed’s configuration', () => {
    let house: House
    beforeAll(async () => {
      house = await startHouse({ config: SEED_CONFIG })
    })
    afterAll(async () => {
      expect(await house.stop()).toBe(0)
    })

    test.each(['', '/v1'])(
      'openai, base URL ending in %j: the seed’s example, whole and streamed',
      async (suffix) => {
        house.emulator.control.requests.clear()
        const result = jsonOf<Record<string, unknown>>(
          await python('openai_seed', house, { BASE_URL: house.url + suffix }),
        )
        expect(result['whole']).toContain('How do I optimize this SQL query?')
        expect(result['streamed']).toBe(result['whole'])
        expect(result).toMatchObject({
          finish: 'stop',
          object: 'chat.completion',
          dimensions: 1536,
        })
        expect(result['models']).toContain('github_copilot/gpt-4')
        expect(editorHeaders(house)).toEqual([
          ['vscode/1.85.1', 'vscode-chat'],
          ['vscode/1.85.1', 'vscode-chat'],
        ])
      },
    )

    test('litellm: the seed’s `litellm_proxy/…` example', async () => {
      house.emulator.control.requests.clear()
      const result = jsonOf<Record<string, unknown>>(await python('litellm_seed', house))
      expect(result['whole']).toContain('Review this code for bugs')
      expect(result['streamed']).toBe(result['whole'])
      expect(editorHeaders(house)).toEqual([
        ['vscode/1.85.1', 'vscode-chat'],
        ['vscode/1.85.1', 'vscode-chat'],
      ])
    })

    test('curl: the seed’s example', async () => {
      house.emulator.control.requests.clear()
      const body = {
        model: 'github_copilot/gpt-4',
        messages: [{ role: 'user', content: 'Explain this error message' }],
      }
      const headers = [
        'Content-Type: application/json',
        `Authorization: Bearer ${house.key}`,
        'editor-version: vscode/1.85.1',
        'Copilot-Integration-Id: vscode-chat',
      ]
      const args = [
        '-sS',
        `${house.url}/v1/chat/completions`,
        ...headers.flatMap((header) => ['-H', header]),
        '-d',
        JSON.stringify(body),
      ]
      const ran = await run('curl', args, { env: { PATH: process.env['PATH'] ?? '' } })
      const answer = jsonOf<{ choices: { message: { content: string } }[] }>(ran)
      expect(answer.choices[0]?.message.content).toContain('Explain this error message')
      expect(editorHeaders(house)).toEqual([['vscode/1.85.1', 'vscode-chat']])
    })
  })

  describe('with no configuration', () => {
    let house: House
    beforeAll(async () => {
      house = await startHouse()
    })
    afterAll(() => house.stop())

    test('openai: tools, parallel tools, structured output, vision, errors', async () => {
      const result = jsonOf<Record<string, unknown>>(
        await python('openai_features', house, { BASE_URL: `${house.url}/v1` }),
      )
      const calls = [
        ['get_weather', { city: 'Paris' }],
        ['get_weather', { city: 'Rome' }],
      ]
      expect(result).toMatchObject({
        tool_calls: calls,
        streamed_calls: calls,
        tool_finish: 'tool_calls',
        vision: true,
      })
      expect(result['after_tools']).toContain('sunny')
      expect(result['person']).toMatchObject({
        name: expect.any(String) as string,
        age: expect.any(Number) as number,
      })
      expect(result['errors']).toEqual({
        unknown_model: ['NotFoundError', 404],
        bad_messages: ['BadRequestError', 400],
        wrong_key: ['AuthenticationError', 401],
      })
    })

    test('openai, responses: on a model of its own wire, and on two of others', async () => {
      const models = ['gpt-5.4', 'gpt-4o', 'claude-sonnet-4.6']
      const result = jsonOf<Record<string, Record<string, unknown>>>(
        await python('openai_responses', house, {
          BASE_URL: `${house.url}/v1`,
          MODELS: models.join(','),
        }),
      )
      const contains = (text: string): string => expect.stringContaining(text) as string
      for (const model of models) {
        expect(result[model]).toEqual({
          status: 'completed',
          whole: contains('Say hello'),
          streamed: result[model]?.['whole'],
          ends: ['response.created', 'response.completed'],
          tokens: expect.any(Number) as number,
          calls: [
            ['get_weather', { city: 'Paris' }],
            ['get_weather', { city: 'Rome' }],
          ],
          after_tools: contains('sunny in 1'),
          person: { name: expect.any(String) as string, age: expect.any(Number) as number },
          image: 'a dot',
        })
      }
    })

    test('anthropic: on a model of its own wire, and on two of others', async () => {
      const models = ['claude-sonnet-4-5', 'gpt-4o', 'gpt-5.4']
      const result = jsonOf<Record<string, Record<string, unknown>>>(
        await python('anthropic_features', house, { MODELS: models.join(',') }),
      )
      const contains = (text: string): string => expect.stringContaining(text) as string
      const found = {
        stop: 'end_turn',
        tool: ['get_weather', { city: 'Paris' }, 'tool_use'],
        whole: contains('Say hello'),
        streamed: contains('Say hello'),
        after_tool: contains('sunny'),
      }
      for (const model of models) {
        expect(result[model]).toMatchObject(found)
        expect(result[model]?.['count']).toBeGreaterThan(0)
      }
      expect(result['error']).toEqual(['NotFoundError', 404, 'not_found_error'])
    })
  })

  describe('sign-in shared with LiteLLM', () => {
    let house: House
    beforeAll(async () => {
      house = await startHouse({ signedOut: true, emulator: { autoApproveAfterPolls: 1 } })
    })
    afterAll(() => house.stop())

    const folder = (): string => join(house.home, 'tokens')
    const signIn = () =>
      run(pythonPath, [script('litellm_sign_in')], {
        env: { ...environmentFor(house.emulator.url, house.home) },
      })
    const status = async () =>
      jsonOf<Record<string, unknown>>(
        await run(process.execPath, [join(root, 'dist', 'jetway.js'), 'status', '--json'], {
          env: house.environment,
        }),
      )

    test('files that LiteLLM wrote are used, and those that Jetway wrote are LiteLLM’s too', async () => {
      mkdirSync(folder(), { recursive: true })
      const byLiteLlm = jsonOf<{ whole: string }>(await signIn())
      expect(byLiteLlm.whole).toContain('Say hello from LiteLLM')
      const token = readFileSync(join(folder(), 'access-token'), 'utf8').trim()
      expect(await status()).toMatchObject({ signed_in: true })

      const exchanges = house.emulator.control.counters.read().exchanges
      const answer = await fetch(`${house.url}/v1/chat/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${house.key}`, 'content-type': 'application/json' },
        body: JSON.stringify({
          model: 'gpt-4o',
          messages: [{ role: 'user', content: 'Say hello from Jetway' }],
        }),
      })
      expect(answer.status).toBe(200)
      expect(house.emulator.control.counters.read().exchanges).toBe(exchanges)

      // The other way round: Jetway renews what LiteLLM wrote, and LiteLLM goes on with it.
      house.emulator.control.tokens.expireAll()
      writeFileSync(
        join(folder(), 'api-key.json'),
        JSON.stringify({ token: 'tid=old;exp=1', expires_at: 1, refresh_in: 1 }),
      )
      await run(process.execPath, [join(root, 'dist', 'jetway.js'), 'chat', '-m', 'gpt-4o', 'hi'], {
        env: house.environment,
      })
      expect(readFileSync(join(folder(), 'access-token'), 'utf8').trim()).toBe(token)
      const renewed = JSON.parse(readFileSync(join(folder(), 'api-key.json'), 'utf8')) as {
        token: string
      }
      expect(renewed.token).toMatch(/^tid=/)
      expect(statSync(join(folder(), 'api-key.json')).mode & 0o777).toBe(0o600)
      const before = house.emulator.control.counters.read().exchanges
      expect(jsonOf<{ whole: string }>(await signIn()).whole).toContain('Say hello from LiteLLM')
      expect(house.emulator.control.counters.read().exchanges).toBe(before)
    })
  })
})
