import type { DialectName } from '../../core/call.ts'
import { abortSignalOf } from '../../core/cancel-signal.ts'
import type { CancelSignal } from '../../core/cancel-signal.ts'
import type { Clock } from '../../core/clock.ts'
import type { DataSource } from '../../core/conversation.ts'
import { BadRequestError } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import type { ImageSettings } from '../../core/settings.ts'
import { mapImageUrls } from '../../dialects/image-urls/map-image-urls.ts'
import type { GuardedFetch } from '../../transport/guarded-fetch.ts'
import { imageType } from './image-type.ts'

export interface ImagesWanted {
  readonly dialect: DialectName
  readonly body: JsonObject
  readonly settings: ImageSettings
  readonly fetch: GuardedFetch
  readonly clock: Clock
  readonly signal: CancelSignal
}

export interface FetchedImages {
  readonly body: JsonObject
  readonly count: number
}

/** Enough to hide the round trips, few enough that one request cannot occupy the line. */
const AT_ONCE = 4

/**
 * The request with the images it names by `https` address as data, since Copilot's models mostly take no other. Count, bytes and
 * time are bounded for all of them together. `undefined` when there is none to fetch; throws a `BadRequestError` that says
 * which one could not be had, and why, without its address: that may hold a secret.
 */
export async function fetchImages(wanted: ImagesWanted): Promise<FetchedImages | undefined> {
  const { dialect, body, settings } = wanted
  const urls = collect(dialect, body, settings)
  if (urls.length === 0) return undefined
  if (urls.length > settings.maxCount) {
    throw refusal(
      dialect,
      `the request names ${urls.length} images by address; at most ${settings.maxCount} are fetched (jetway.images.max_count)`,
      'too_many_images',
    )
  }
  const images = await fetchAll(urls, wanted)
  return { body: mapImageUrls(dialect, body, (url) => images.get(url)), count: urls.length }
}

/** Each address once, in the order of the request. */
function collect(dialect: DialectName, body: JsonObject, { hosts }: ImageSettings): string[] {
  const urls = new Set<string>()
  mapImageUrls(dialect, body, (url) => {
    if (isWanted(url, hosts)) urls.add(url)
    return undefined
  })
  return [...urls]
}

/** What is not to be fetched is sent on as it is. */
function isWanted(url: string, hosts: readonly string[]): boolean {
  if (!/^https:/i.test(url)) return false
  if (hosts.length === 0) return true
  return URL.canParse(url) && hosts.includes(new URL(url).hostname)
}

async function fetchAll(
  urls: readonly string[],
  { dialect, settings, fetch, clock, signal }: ImagesWanted,
): Promise<ReadonlyMap<string, DataSource>> {
  const images = new Map<string, DataSource>()
  const endAt = clock.monotonic() + settings.timeoutMs
  // The first that fails ends the others.
  const failed = new AbortController()
  const wanted = AbortSignal.any([abortSignalOf(signal), failed.signal])
  let bytesLeft = settings.maxBytes
  let next = 0

  const fetchOne = async (url: string, at: number): Promise<void> => {
    try {
      const timeoutMs = Math.max(1, endAt - clock.monotonic())
      const bytes = await fetch({ url, maxBytes: bytesLeft, timeoutMs, signal: wanted })
      const mediaType = imageType(bytes)
      if (mediaType === undefined) {
        throw refusal(dialect, 'it is no PNG, JPEG, GIF or WebP', 'image_type_not_supported')
      }
      bytesLeft -= bytes.length
      if (bytesLeft < 0) {
        const most = `the images of one request together may have ${settings.maxBytes} bytes`
        throw refusal(dialect, `${most} (jetway.images.max_mb)`, 'fetched_too_large')
      }
      images.set(url, { kind: 'data', mediaType, data: Buffer.from(bytes).toString('base64') })
    } catch (error) {
      failed.abort(error)
      if (!(error instanceof BadRequestError)) throw error
      const which = urls.length === 1 ? 'the image' : `image ${at + 1} of ${urls.length}`
      const words = `${which} that the request names by address could not be fetched`
      throw refusal(dialect, `${words}: ${error.message}; send it as data instead`, error.code)
    }
  }
  const work = async (): Promise<void> => {
    for (let at = next++; at < urls.length; at = next++) {
      // oxlint-disable-next-line no-await-in-loop -- one after the other, in as many rows as may run at once
      await fetchOne(urls[at] ?? '', at)
    }
  }
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, urls.length) }, work))
  return images
}

function refusal(dialect: DialectName, message: string, code: string | undefined): BadRequestError {
  return new BadRequestError(message, { code, param: PARAMS[dialect] })
}

const PARAMS: Partial<Readonly<Record<DialectName, string>>> = {
  chat: 'messages',
  messages: 'messages',
  responses: 'input',
  gemini: 'contents',
}
