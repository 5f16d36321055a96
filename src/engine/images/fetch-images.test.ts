import { describe, expect, test } from 'vitest'
import type { DialectName } from '../../core/call.ts'
import { systemClock } from '../../core/clock.ts'
import { DEFAULT_SETTINGS } from '../../core/default-settings.ts'
import { BadRequestError } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import type { ImageSettings } from '../../core/settings.ts'
import { createGuardedFetch } from '../../transport/guarded-fetch.ts'
import type { GuardedFetch } from '../../transport/guarded-fetch.ts'
import { fetchImages } from './fetch-images.ts'
import { imageType } from './image-type.ts'

const GIF = Buffer.from('GIF89a and more')

function request(...urls: readonly string[]): JsonObject {
  const content = urls.map((url) => ({ type: 'image_url', image_url: { url } }))
  return { model: 'm', messages: [{ role: 'user', content }] }
}

function urlsOf(body: JsonObject | undefined): readonly string[] {
  const text = JSON.stringify(body)
  return [...text.matchAll(/"url":"([^"]*)"/g)].map((match) => match[1] ?? '')
}

interface World {
  readonly settings?: Partial<ImageSettings>
  readonly fetch?: GuardedFetch
  readonly dialect?: DialectName
}

function bring(body: JsonObject, { settings, fetch, dialect = 'chat' }: World = {}) {
  const defaults = DEFAULT_SETTINGS.images
  if (defaults === undefined) throw new Error('there are no defaults')
  return fetchImages({
    dialect,
    body,
    settings: { ...defaults, fetch: true, ...settings },
    fetch: fetch ?? (() => Promise.resolve(GIF)),
    clock: systemClock,
    signal: new AbortController().signal,
  })
}

test('every image comes as data, each address asked once, in the order of the request', async () => {
  const asked: string[] = []
  const fetched = await bring(request('https://a/1', 'https://b/2', 'https://a/1'), {
    fetch: ({ url }) => {
      asked.push(url)
      return Promise.resolve(Buffer.from(`GIF89a${url}`))
    },
  })
  const data = (url: string): string =>
    `data:image/gif;base64,${Buffer.from(`GIF89a${url}`).toString('base64')}`
  expect(asked).toEqual(['https://a/1', 'https://b/2'])
  expect(urlsOf(fetched?.body)).toEqual([
    data('https://a/1'),
    data('https://b/2'),
    data('https://a/1'),
  ])
  expect(fetched?.count).toBe(2)
})

test.each([
  ['plain http', 'http://a/1'],
  ['data', 'data:image/png;base64,AA=='],
  ['something else', 'blob:abc'],
])('%s is sent on as it is', async (_what, url) => {
  expect(await bring(request(url))).toBeUndefined()
})

test('only named hosts are asked, when some are named; what others have is sent on as it is', async () => {
  const urls = ['https://good.example/1', 'https://bad.example/2', 'https://good.example.bad/3']
  const fetched = await bring(request(...urls), { settings: { hosts: ['good.example'] } })
  expect(urlsOf(fetched?.body).map((url) => url.slice(0, 10))).toEqual([
    'data:image',
    'https://ba',
    'https://go',
  ])
})

describe('refused, with a word on what to do', () => {
  test('more images than allowed: none is fetched', async () => {
    let asked = 0
    const fetch: GuardedFetch = () => {
      asked++
      return Promise.resolve(GIF)
    }
    await expect(
      bring(request('https://a/1', 'https://a/2'), { fetch, settings: { maxCount: 1 } }),
    ).rejects.toMatchObject({ status: 400, code: 'too_many_images', param: 'messages' })
    expect(asked).toBe(0)
  })

  test('more bytes than allowed for all together', async () => {
    const many = Array.from({ length: 10 }, (_, at) => `https://a/${at}`)
    await expect(
      bring(request(...many), { settings: { maxBytes: GIF.length * 10 - 1 } }),
    ).rejects.toMatchObject({ status: 400, code: 'fetched_too_large' })
    expect(
      await bring(request(...many), { settings: { maxBytes: GIF.length * 10 } }),
    ).toMatchObject({
      count: 10,
    })
  })

  test.each([
    ['a page', '<!doctype html>'],
    ['a vector image, which may hold a script', '<svg xmlns="http://www.w3.org/2000/svg"/>'],
    ['nothing', ''],
  ])('%s in place of an image', async (_what, text) => {
    await expect(
      bring(request('https://a/1'), { fetch: () => Promise.resolve(Buffer.from(text)) }),
    ).rejects.toMatchObject({ status: 400, code: 'image_type_not_supported' })
  })

  test('an image that cannot be had: which one, and why, without its address', async () => {
    const error: unknown = await bring(request('https://a/1', 'https://a/secret'), {
      fetch: ({ url }) =>
        url.endsWith('secret')
          ? Promise.reject(new BadRequestError('its server is away', { code: 'fetch_failed' }))
          : Promise.resolve(GIF),
    }).catch((caught: unknown) => caught)
    expect(error).toMatchObject({ code: 'fetch_failed', param: 'messages' })
    expect((error as Error).message).toBe(
      'image 2 of 2 that the request names by address could not be fetched: its server is away; send it as data instead',
    )
  })

  test('an address inside, with the check that production has', async () => {
    const fetch = createGuardedFetch()
    await expect(
      bring(request('https://169.254.169.254/latest/meta-data/'), { fetch }),
    ).rejects.toMatchObject({ status: 400, code: 'address_not_allowed' })
  })

  test('the first that fails ends the others', async () => {
    const ended: unknown[] = []
    const fetch: GuardedFetch = ({ url, signal }) =>
      url.endsWith('1')
        ? Promise.reject(new BadRequestError('no'))
        : new Promise((_resolve, reject) => {
            signal.addEventListener('abort', () => {
              ended.push(url)
              reject(signal.reason as Error)
            })
          })
    await expect(bring(request('https://a/2', 'https://a/1'), { fetch })).rejects.toThrow('no')
    expect(ended).toEqual(['https://a/2'])
  })
})

test.each([
  ['image/png', '89504e470d0a1a0a0000000d'],
  ['image/jpeg', 'ffd8ffe000104a464946'],
  ['image/gif', '474946383961'],
  ['image/webp', '524946460a00000057454250'],
  [undefined, '524946460a00000057415645'],
  [undefined, '255044462d312e37'],
  [undefined, ''],
])('%s by its first bytes', (type, hex) => {
  expect(imageType(Buffer.from(hex, 'hex'))).toBe(type)
})
