import type { Clock } from '../../core/clock.ts'
import { asObject, tryParseJson } from '../../core/json.ts'
import type { Random } from '../../core/random.ts'
import { withFileLock } from '../files/lock.ts'
import { closeFolder, readPrivateFile, writePrivateFile } from '../files/private-file.ts'
import type { TokenLocations } from '../files/locations.ts'
import type { TokenShare } from './share.ts'

/**
 * `api-key.json`, as LiteLLM keeps it. Its age is the file's own: what counts is how long ago this machine got the token.
 * `onTrouble` hears of a folder that cannot be written; the token then lives in memory alone.
 */
export function createFileShare(options: {
  readonly locations: TokenLocations
  readonly clock: Clock
  readonly random: Random
  readonly onTrouble: (error: unknown) => void
}): TokenShare {
  const { locations, clock, random, onTrouble } = options
  const path = locations.apiKey
  return {
    async read() {
      const file = await readPrivateFile(path)
      const raw = file && asObject(tryParseJson(file.text))
      return raw && { raw, receivedMs: Math.min(file.modifiedMs, clock.now()) }
    },
    async write(_key, token) {
      try {
        await closeFolder(locations.folder)
        await writePrivateFile(path, JSON.stringify(token.raw))
      } catch (error) {
        onTrouble(error)
      }
    },
    exclusively: (_key, work) => withFileLock(`${path}.lock`, { clock, random }, work),
  }
}
