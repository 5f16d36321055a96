import { afterAll, describe, expect, test } from 'vitest'
import { openTeams } from '../admin/index.ts'
import { startDemoGateway } from '../__fixtures__/start-demo-gateway.ts'
import { post, send } from '../__fixtures__/start-test-gateway.ts'
import type { Reply } from '../__fixtures__/start-test-gateway.ts'

const MASTER = 'sk-master-of-tests'
const demo = await startDemoGateway({
  gateway: { masterKey: MASTER, extend: (context) => openTeams(context) },
})
afterAll(() => demo[Symbol.asyncDispose]())

const bearer = (key: string) => ({ authorization: `Bearer ${key}` })
const get = (path: string, key: string): Promise<Reply> =>
  send(demo.url, path, { headers: bearer(key) })

async function make(path: string, fields: object): Promise<Record<string, string>> {
  const { status, json } = await post(demo.url, path, fields, bearer(MASTER))
  expect(status).toBe(200)
  return json as Record<string, string>
}

interface Lists {
  readonly data?: readonly { readonly id: string }[]
  readonly models?: readonly { readonly name: string }[]
}

async function listed(path: string, key: string): Promise<readonly string[]> {
  const { data, models } = (await get(path, key)).json as Lists
  return (data?.map(({ id }) => id) ?? models?.map(({ name }) => name) ?? []).map((name) =>
    name.replace('models/', ''),
  )
}

const LISTS = ['/v1/models', '/models', '/v1beta/models', '/api/tags']
const key = (await make('/key/generate', { models: ['gpt-4o', 'claude-*'] }))['key'] ?? ''

describe('a model that is not there', () => {
  test.each([
    ['GET', '/v1/models/gpt-4oo'],
    ['GET', '/models/github_copilot/gpt-4oo'],
    ['GET', '/v1beta/models/gpt-4oo'],
    ['POST', '/api/show'],
  ])('is answered at %s %s with the names that may have been meant', async (method, path) => {
    const asked = { method, headers: { ...bearer(MASTER), 'content-type': 'application/json' } }
    const body = JSON.stringify({ model: 'gpt-4oo:latest' })
    const reply = await send(demo.url, path, method === 'POST' ? { ...asked, body } : asked)
    expect(reply.status).toBe(404)
    expect(reply.text).toMatch(/gpt-4oo' can be reached here; did you mean gpt-4o, /)
  })

  test('and has no neighbour leads to the list', async () => {
    const { status, text } = await get('/v1/models/something-else-entirely', MASTER)
    expect(status).toBe(404)
    expect(text).toContain('GET /v1/models lists those that can')
  })

  test('has no neighbours that the caller may not use', async () => {
    expect((await get('/v1/models/gpt-4.11', MASTER)).text).toContain('did you mean gpt-4.1')
    expect((await get('/v1/models/gpt-4.11', key)).text).not.toMatch(/mean .*gpt-4\.1/)
  })
})

describe('a key that may use some models', () => {
  test.each(LISTS)('is shown those in %s', async (path) => {
    const all = await listed(path, MASTER)
    const wanted = all.filter((name) => name === 'gpt-4o' || name.startsWith('claude-'))
    expect(wanted.length).toBeGreaterThan(1)
    expect(wanted.length).toBeLessThan(all.length)
    expect(await listed(path, key)).toEqual(wanted)
  })

  test.each(['/v1/models/gpt-4.1', '/models/github_copilot/gpt-4.1', '/v1beta/models/gpt-4.1'])(
    'finds no other at %s',
    async (path) => {
      expect((await get(path, MASTER)).status).toBe(200)
      expect((await get(path, key)).status).toBe(404)
      expect((await get(path.replace('gpt-4.1', 'gpt-4o'), key)).status).toBe(200)
    },
  )

  test('is shown no other by Ollama’s show', async () => {
    const show = (model: string) => post(demo.url, '/api/show', { model }, bearer(key))
    expect((await show('gpt-4.1')).status).toBe(404)
    expect((await show('gpt-4o')).status).toBe(200)
  })

  test('is shown what its team may use, too, and no more', async () => {
    const team = await make('/team/new', { models: ['gpt-4o*'] })
    const theirs = await make('/key/generate', {
      models: ['gpt-4o', 'claude-*'],
      team_id: team['team_id'],
    })
    expect(await listed('/v1/models', theirs['key'] ?? '')).toEqual(['gpt-4o'])
  })
})
