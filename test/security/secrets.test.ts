import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ended, readyUrl, startHouse, type House } from '../support/gateway-process.ts'
import { root } from '../support/require.ts'

/** Each can be told from everything else, wherever it turns up. */
const PROMPT = 'prompt-7f3a91-of-a-patent'
const ANSWER = 'answer-44c0de-to-nobody'
const ARGUMENT = 'argument-b1b1b1-of-a-tool'
const WRONG_KEY = 'sk-wrong-0d15ea5e'
const HEADER = 'header-5ec4e7-value'
const COOKIE = 'cookie-c00c1e'

let house: House
let member: string
/** Tokens and keys, none of which may be seen anywhere. */
const secrets: string[] = []
const errorBodies: string[] = []

async function send(
  path: string,
  body: object | string,
  headers: Record<string, string> = {},
): Promise<string> {
  const answer = await fetch(house.url + path, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${member}`,
      'content-type': 'application/json',
      'x-custom': HEADER,
      cookie: `a=${COOKIE}`,
      ...headers,
    },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
  const text = await answer.text()
  if (!answer.ok) errorBodies.push(text)
  return text
}

const say = [{ role: 'user', content: `${PROMPT} say: ${ANSWER}` }]
const tools = [{ type: 'function', function: { name: 'look', parameters: { type: 'object' } } }]

beforeAll(async () => {
  house = await startHouse({
    args: ['--verbose'],
    config: 'jetway:\n  responses_ttl: 0\nrouter_settings:\n  num_retries: 0\n',
  })
  const { control } = house.emulator
  const made = await fetch(`${house.url}/key/generate`, {
    method: 'POST',
    headers: { authorization: `Bearer ${house.key}` },
    body: '{"key_alias":"member"}',
  })
  ;({ key: member } = (await made.json()) as { key: string })

  // What goes well, in every dialect, whole and streamed.
  for (const stream of [false, true]) {
    await send('/v1/chat/completions', { model: 'gpt-4o', messages: say, stream })
    await send('/v1/messages', { model: 'gpt-4o', max_tokens: 50, messages: say, stream })
    await send('/v1/responses', { model: 'gpt-5.4', input: say, stream })
    await send('/api/chat', { model: 'claude-sonnet-4.5', messages: say, stream })
  }
  await send('/v1beta/models/gpt-4o:generateContent', { contents: [{ parts: [{ text: PROMPT }] }] })
  const call = [{ role: 'user', content: `call look {"x":"${ARGUMENT}"}` }]
  await send('/v1/chat/completions', { model: 'gpt-4o', messages: call, tools })

  // What goes wrong, here and upstream.
  await send('/v1/chat/completions', `{"model":"gpt-4o","messages":[{"content":"${PROMPT}`)
  await send('/v1/chat/completions', { model: PROMPT.slice(0, 6), messages: say, n: 'x' })
  await send('/v1/messages', { model: 'gpt-4o', messages: PROMPT })
  await send(
    '/v1/chat/completions',
    { model: 'gpt-4o', messages: say },
    { authorization: `Bearer ${WRONG_KEY}` },
  )
  const token = house.environment['COPILOT_OAUTH_TOKEN'] ?? ''
  const bodies: readonly [number, unknown][] = [
    [500, `panic: ${PROMPT} Authorization: Bearer ${token}`],
    [400, { error: { message: 'bad', code: 'x', param: 'y', request: { messages: say } } }],
    [401, 'unauthorized: token expired'],
    [403, { message: `forbidden for ${token}` }],
    [429, { error: { message: 'slow', code: 'rate_limited' } }],
    [502, '<html>no</html>'],
  ]
  for (const [status, body] of bodies) {
    control.faults.add({ on: { route: 'chat' }, times: 2, do: { kind: 'reply', status, body } })
    await send('/v1/chat/completions', { model: 'gpt-4o', messages: say })
    control.faults.clear()
  }
  for (const kind of ['reset', 'garble', 'stream-error'] as const) {
    const action = kind === 'reset' ? { kind, after: 2 } : { kind, after: 2 }
    control.faults.add({ on: { route: 'chat' }, times: 1, do: action })
    await send('/v1/chat/completions', { model: 'gpt-4o', messages: say, stream: true }).catch(
      () => '',
    )
    control.faults.clear()
  }

  const exchanged = control.requests
    .list()
    .map(({ headers }) => headers['authorization']?.replace(/^(bearer|token) /i, '') ?? '')
    .filter((value) => value.length > 10)
  secrets.push(house.key, member, WRONG_KEY, token, ...new Set(exchanged))
  // The signature of a Copilot token is enough to tell it, and the part that matters.
  secrets.push(...exchanged.flatMap((value) => /:([0-9a-f]{16,})$/.exec(value)?.[1] ?? []))
})
afterAll(() => house.stop())

function hiddenIn(text: string): readonly string[] {
  const words = [...secrets, PROMPT, ANSWER, ARGUMENT, HEADER, COOKIE]
  return words.filter((word) => text.includes(word))
}

async function read(path: string): Promise<string> {
  const answer = await fetch(house.url + path, {
    headers: { authorization: `Bearer ${house.key}` },
  })
  return answer.text()
}

describe('tokens, keys, prompts and answers are not in', () => {
  test('the log, at its most talkative', async () => {
    // It is written a second late.
    await expect
      .poll(() => house.log().split('"call"').length, { timeout: 10_000 })
      .toBeGreaterThan(15)
    expect(hiddenIn(house.log())).toEqual([])
  })

  test('the metrics', async () => {
    const page = await read('/metrics')
    expect(page).toMatch(/jetway_calls_total\{.*outcome="failed"/)
    expect(hiddenIn(page)).toEqual([])
  })

  test('the ledger, its explanations and the audit log', async () => {
    const logs = await read('/spend/logs?limit=100')
    const ids = [...logs.matchAll(/"call_id":"([^"]+)"/g)].map((match) => match[1])
    expect(ids.length).toBeGreaterThan(15)
    const pages = await Promise.all([
      ...ids.map((id) => read(`/v1/requests/${id}`)),
      read('/spend/logs?format=csv'),
      read('/audit'),
      read('/key/list'),
      read('/health'),
      read('/openapi.json'),
    ])
    expect(hiddenIn(logs + pages.join('\n'))).toEqual([])
  })

  test('the errors that clients get', () => {
    expect(errorBodies.length).toBeGreaterThan(8)
    // An upstream's own words are handed on; what it repeated of a request is not, and never a token.
    const tokens = errorBodies.join('\n')
    expect(secrets.filter((word) => tokens.includes(word))).toEqual([])
    expect(errorBodies.filter((body) => body.includes(ARGUMENT) || body.includes(COOKIE))).toEqual(
      [],
    )
  })

  test('any file, but the sign-in’s own', async () => {
    // Written at the latest half a second after a call.
    await read('/spend/logs')
    const files = readdirSync(house.home, { recursive: true, encoding: 'utf8' })
      .map((name) => join(house.home, name))
      .filter((path) => statSync(path).isFile() && !path.startsWith(join(house.home, 'tokens')))
    expect(files.some((path) => path.endsWith('jetway.db'))).toBe(true)
    const found = files.flatMap((path) =>
      hiddenIn(readFileSync(path, 'latin1')).map((word) => `${path}: ${word}`),
    )
    expect(found).toEqual([])
  })
})

describe('a crash', () => {
  test('writes no report into the working folder, and its last words hold no secret', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'jetway-crash-'))
    const child = spawn(
      '/bin/sh',
      [
        '-c',
        'ulimit -c 0; exec "$0" "$@"',
        process.execPath,
        join(root, 'dist/jetway.js'),
        'start',
        '--port',
        '0',
      ],
      {
        cwd: folder,
        env: { ...house.environment, HOME: folder, JETWAY_DATA_DIR: join(folder, 'data') },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    )
    let said = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text))
    const url = await readyUrl(child, () => said)
    const answer = await fetch(`${url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${house.key}` },
      body: JSON.stringify({ model: 'gpt-4o', messages: say }),
    })
    expect(await answer.text()).toContain(ANSWER)
    await ended(child, 'SIGABRT')
    expect(hiddenIn(said)).toEqual([])
    const left = readdirSync(folder).filter((name) => name !== 'data' && name !== '.config')
    expect(left).toEqual([])
    rmSync(folder, { recursive: true, force: true })
  })

  test('nothing asks Node for one, and the units forbid the system’s', () => {
    const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
      .map((name) => readFileSync(join(root, 'src', name), 'utf8'))
    expect(
      sources.filter((text) =>
        /writeHeapSnapshot|process\.report\b|--report-on|--heapsnapshot/.test(text),
      ),
    ).toEqual([])
    for (const unit of ['jetway.service', 'jetway-user.service']) {
      expect(readFileSync(join(root, 'deploy/systemd', unit), 'utf8')).toMatch(/^LimitCORE=0$/m)
    }
  })
})
