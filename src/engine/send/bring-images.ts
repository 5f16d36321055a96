import type { ImageSettings } from '../../core/settings.ts'
import type { GuardedFetch } from '../../transport/guarded-fetch.ts'
import { fetchImages } from '../images/fetch-images.ts'
import type { CallState } from './call-state.ts'

/** Once for a call, whatever it tries: the images that it names by address come into it as data. */
export async function bringImages(
  state: CallState,
  fetch: GuardedFetch,
  settings: ImageSettings,
): Promise<void> {
  if (state.broughtImages) return
  state.broughtImages = true
  const { call, dialect, house, interrupts } = state
  if (dialect.operation === 'embed') return
  const { json } = call.body
  const { clock } = house
  const { signal } = call
  const asked = fetchImages({ dialect: dialect.name, body: json, settings, fetch, clock, signal })
  const fetched = await interrupts.waitFor(asked)
  if (fetched === undefined) return
  const { body, count } = fetched
  state.replaceBody(body)
  const what = count === 1 ? 'an image was' : `${count} images were`
  state.rewrites = [
    ...state.rewrites,
    { field: 'images', action: 'set', reason: `${what} fetched by address and sent as data` },
  ]
}
