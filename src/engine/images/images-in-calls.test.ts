import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DEFAULT_SETTINGS } from '../../core/default-settings.ts'
import { PermissionDeniedError } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import type { WireName } from '../../core/model.ts'
import type { ImageSettings } from '../../core/settings.ts'
import { dialects, wires } from '../../dialects/index.ts'
import {
  LOCALHOST_CERTIFICATE,
  LOCALHOST_KEY,
} from '../../transport/__fixtures__/localhost-certificate.ts'
import { createGuardedFetch } from '../../transport/guarded-fetch.ts'
import { json } from '../__fixtures__/scripted-server.ts'
import { ask, down, useHouses } from '../__fixtures__/served-house.ts'
import { tinyModel } from '../__fixtures__/tiny-upstream.ts'

const { house } = useHouses()
const PICTURE = Buffer.from('GIF89a a picture')
const DATA = PICTURE.toString('base64')

let url = ''
const asked: string[] = []
const pictures = createServer(
  { cert: LOCALHOST_CERTIFICATE, key: LOCALHOST_KEY },
  (request, response) => {
    asked.push(request.url ?? '')
    response.end(PICTURE)
  },
)
beforeAll(async () => {
  await new Promise<void>((resolve) => {
    pictures.listen(0, '127.0.0.1', resolve)
  })
  url = `https://localhost:${(pictures.address() as AddressInfo).port}/cat.gif`
})
afterAll(() => {
  pictures.closeAllConnections()
  pictures.close()
})

/** This machine's own server passes for a public one; nothing else does. */
const fetchImage = createGuardedFetch({
  extraCa: LOCALHOST_CERTIFICATE,
  isAllowed: (address) => address === '127.0.0.1',
  resolve: (_name, tell) => {
    tell(null, [{ address: '127.0.0.1' }])
  },
})

const ANSWER = json(200, {
  id: '1',
  object: 'chat.completion',
  created: 1,
  model: 'one',
  choices: [{ index: 0, message: { role: 'assistant', content: 'a cat' }, finish_reason: 'stop' }],
})

async function served(
  images: Partial<ImageSettings>,
  wire: WireName = 'chat',
  replies = [ANSWER],
  options: Parameters<typeof house>[1] = {},
) {
  const made = await house(replies, {
    dialects,
    wires,
    fetchImage,
    ...options,
    upstream: { models: [tinyModel('one', { wires: [wire] })] },
  })
  made.house.settings = {
    ...DEFAULT_SETTINGS,
    images: { ...(DEFAULT_SETTINGS.images as ImageSettings), ...images },
  }
  asked.length = 0
  return made
}

function requests(): readonly (readonly [string, string, WireName, JsonObject])[] {
  const user = (part: JsonObject): JsonObject[] => [{ role: 'user', content: [part] }]
  return [
    ['chat', 'chat', 'chat', { messages: user({ type: 'image_url', image_url: { url } }) }],
    [
      'responses',
      'responses',
      'responses',
      { input: user({ type: 'input_image', image_url: url }) },
    ],
    [
      'messages',
      'messages',
      'messages',
      { max_tokens: 9, messages: user({ type: 'image', source: { type: 'url', url } }) },
    ],
    [
      'gemini',
      'gemini:generateContent',
      'chat',
      {
        contents: [
          { role: 'user', parts: [{ fileData: { mimeType: 'image/gif', fileUri: url } }] },
        ],
      },
    ],
  ]
}

describe.each([0, 1, 2, 3])('an image by its address', (at) => {
  const [name = ''] = requests()[at] ?? []

  test.each<readonly [string, WireName | undefined]>([
    ['its own wire', undefined],
    ['chat', 'chat'],
    ['messages', 'messages'],
    ['responses', 'responses'],
  ])(`${name} over %s: upstream gets the data`, async (_what, wire) => {
    const [, dialect = '', own = 'chat', body = {}] = requests()[at] ?? []
    const { engine, server } = await served({ fetch: true }, wire ?? own)
    const { record } = await ask(engine, { model: 'one', ...body }, { dialect })
    const sent = server.received[0]?.body ?? ''
    expect(sent).toContain(DATA)
    expect(sent).not.toContain('localhost')
    expect(asked).toEqual(['/cat.gif'])
    expect(record.rewrites).toContainEqual({
      field: 'images',
      action: 'set',
      reason: 'an image was fetched by address and sent as data',
    })
    expect(record.degraded).not.toContain('image_url')
  })

  test(`${name}: not unless the configuration says so`, async () => {
    const [, dialect = '', , body = {}] = requests()[at] ?? []
    const { engine, server } = await served({})
    await ask(engine, { model: 'one', ...body }, { dialect })
    expect(asked).toEqual([])
    expect(server.received[0]?.body).toContain('/cat.gif')
  })

  test(`${name}: one that is refused costs nothing upstream, and is told in its own shape`, async () => {
    const [, dialect = '', , body = {}] = requests()[at] ?? []
    const { engine, server } = await served({ fetch: true, maxBytes: 3 })
    const { sink, record } = await ask(engine, { model: 'one', ...body }, { dialect })
    expect(sink.status).toBe(400)
    expect(sink.failure?.error.message).toContain('more than 3 bytes')
    expect(JSON.stringify(sink.failure?.answer.body)).toContain('more than 3 bytes')
    expect(JSON.stringify(record)).not.toContain('cat.gif')
    expect(server.received).toEqual([])
  })
})

test('is fetched once, however often the call is tried', async () => {
  const { engine, server } = await served({ fetch: true }, 'chat', [down, ANSWER])
  const body = requests()[0]?.[3] ?? {}
  const { sink } = await ask(engine, { model: 'one', ...body })
  expect(sink.status).toBe(200)
  expect(server.received).toHaveLength(2)
  expect(server.received[1]?.body).toContain(DATA)
  expect(asked).toHaveLength(1)
})

test('is not fetched for someone who may not call', async () => {
  const refused = new PermissionDeniedError('not for you')
  const { engine } = await served({ fetch: true }, 'chat', [ANSWER], {
    admission: { admit: () => Promise.reject(refused) },
  })
  const { sink } = await ask(engine, { model: 'one', ...requests()[0]?.[3] })
  expect(sink.status).toBe(403)
  expect(asked).toEqual([])
})
