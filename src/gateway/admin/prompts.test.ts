import { afterEach, expect, test } from 'vitest'
import { startDemoGateway, type DemoGateway } from '../__fixtures__/start-demo-gateway.ts'
import { post, send } from '../__fixtures__/start-test-gateway.ts'
import { openTeams, type TeamExtensions } from './open-teams.ts'

const MASTER = 'sk-master-of-tests'
const SECRET = `ghu_${'a1B2'.repeat(9)}`

let open: DemoGateway[] = []
afterEach(async () => {
  await Promise.all(open.map((demo) => demo[Symbol.asyncDispose]()))
  open = []
})

async function house(environment: Record<string, string>) {
  let teams: TeamExtensions | undefined
  const demo = await startDemoGateway({
    gateway: {
      masterKey: MASTER,
      async extend(context) {
        const merged = { ...context.environment, ...environment }
        teams = await openTeams({ ...context, environment: merged })
        return teams
      },
    },
  })
  open.push(demo)
  const bearer = (key: string) => ({ authorization: `Bearer ${key}` })
  const tell = (path: string, body: unknown, key = MASTER) =>
    post(demo.url, path, body, bearer(key))
  return {
    tell,
    makeKey: async (fields: object) =>
      ((await tell('/key/generate', fields)).json as { key: string }).key,
    call: (key: string, id: string, more: object = {}) =>
      post(
        demo.url,
        '/v1/chat/completions',
        {
          model: 'gpt-4o',
          messages: [
            { role: 'system', content: `My token is ${SECRET}, write to ada@example.org.` },
            { role: 'user', content: `say: the key of ACME-4711 is ${SECRET}` },
          ],
          ...more,
        },
        { ...bearer(key), 'x-request-id': id },
      ),
    /** When it is written. */
    explain: async (id: string, key = MASTER) => {
      const ask = () => send(demo.url, `/v1/requests/${id}`, { headers: bearer(key) })
      await expect
        .poll(async () => (await ask()).json)
        .toMatchObject({ request_id: id, kept: { answer: expect.any(String) as string } })
      return (await ask()).json as { readonly kept: { request: string; answer: string } }
    },
    look: (path: string, key = MASTER) => send(demo.url, path, { headers: bearer(key) }),
    store: () => (teams as TeamExtensions).store,
  }
}

test('prompts and answers are kept where somebody asks for it: redacted, sealed, for a time', async () => {
  const { call, makeKey, explain, look, store } = await house({
    JETWAY_KEEP_PROMPTS: '7d',
    JETWAY_PROMPT_REDACT: String.raw`ACME-\d+`,
  })
  const key = await makeKey({ key_alias: 'ada' })
  for (const [id, stream] of [
    ['whole-1', false],
    ['streamed-1', true],
  ] as const) {
    const answered = await call(key, id, { stream })
    expect(answered.status).toBe(200)
    const { kept } = await explain(id, key)
    expect(kept.request).toContain(
      'My token is [redacted: GitHub token], write to [redacted: e-mail',
    )
    expect(kept.request).toContain('say: the key of [redacted] is [redacted: GitHub token]')
    expect(kept.answer).toContain('the key of [redacted] is [redacted: GitHub token]')
    expect(JSON.stringify(kept)).not.toMatch(/a1B2|ACME|ada@/)
  }
  const { query } = store().database
  const rows = await query.selectFrom('prompts').selectAll().execute()
  expect(rows).toHaveLength(2)
  for (const row of rows) {
    expect(row.box).not.toContain('redacted')
    const days = (row.expires_at - Date.now()) / 86_400_000
    expect(days).toBeGreaterThan(6.9)
    expect(days).toBeLessThanOrEqual(7)
  }

  // Another key sees nothing of it; an administrator does, and that is written down.
  const other = await makeKey({ key_alias: 'bob' })
  expect((await look('/v1/requests/whole-1', other)).status).toBe(404)
  const audit = async () =>
    (
      (await look('/audit')).json as { entries: { action: string; actor: string }[] }
    ).entries.filter(({ action }) => action === 'prompt.read')
  expect(await audit()).toEqual([])
  await explain('whole-1')
  expect((await audit())[0]).toMatchObject({ actor: 'master' })

  // In lists and exports they are not.
  expect((await look('/spend/logs')).text).not.toContain('redacted')
  await query.updateTable('prompts').set({ expires_at: 1 }).execute()
  expect((await look('/v1/requests/whole-1', key)).text).not.toContain('kept')
})

test('nothing is kept unless somebody asks for it', async () => {
  const { call, look, store } = await house({})
  await call(MASTER, 'plain-1')
  await expect.poll(async () => (await look('/v1/requests/plain-1')).status).toBe(200)
  expect((await look('/v1/requests/plain-1')).text).not.toContain('kept')
  expect(await store().database.query.selectFrom('prompts').selectAll().execute()).toEqual([])
})

test.each([
  [{ JETWAY_KEEP_PROMPTS: 'yes' }, 'JETWAY_KEEP_PROMPTS must be a number and one of'],
  [{ JETWAY_KEEP_PROMPTS: '1d', JETWAY_PROMPT_REDACT: '(' }, 'is no regular expression'],
  [{ JETWAY_KEEP_PROMPTS: '1d', JETWAY_PROMPT_KB: '0' }, 'JETWAY_PROMPT_KB must be a whole number'],
])('settings that cannot be right stop the start: %#', async (environment, message) => {
  await expect(house(environment as Record<string, string>)).rejects.toThrow(message)
})
