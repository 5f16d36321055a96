import { DEFAULT_SETTINGS } from '../core/default-settings.ts'
import type { ImageSettings } from '../core/settings.ts'
import { inMs } from './milliseconds.ts'
import { inFile } from './pick.ts'
import type { Pick, Place } from './pick.ts'
import type { ConfigFile } from './schema.ts'

type Images = NonNullable<NonNullable<ConfigFile['jetway']>['images']>

const MEGABYTE = 1_048_576

export function imagesFrom(file: ConfigFile, pick: Pick): ImageSettings | undefined {
  const defaults = DEFAULT_SETTINGS.images
  if (defaults === undefined) return undefined
  const both = <Key extends keyof Images>(key: Key) =>
    [
      inFile(['jetway', 'images', key], file.jetway?.images?.[key]),
      inFile(['jetway_settings', 'images', key], file.jetway_settings?.images?.[key]),
    ] as Place<NonNullable<Images[Key]>>[]
  const hosts = pick('images.hosts', both('hosts'), [...defaults.hosts])
  return {
    fetch: pick('images.fetch', both('fetch'), defaults.fetch),
    hosts: hosts.map((host) => host.toLowerCase()),
    maxBytes: Math.round(
      pick('images.max_mb', both('max_mb'), defaults.maxBytes / MEGABYTE) * MEGABYTE,
    ),
    maxCount: pick('images.max_count', both('max_count'), defaults.maxCount),
    timeoutMs: inMs(pick('images.timeout', both('timeout'), defaults.timeoutMs / 1000)),
  }
}
