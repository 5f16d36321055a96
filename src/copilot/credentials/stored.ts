import { asNumber, asObject, asString, tryParseJson } from '../../core/json.ts'
import type { TokenLocations } from '../files/locations.ts'
import { readPrivateFile } from '../files/private-file.ts'
import type { Credential } from './credential.ts'
import { credentialFromText } from './explicit.ts'

/** What `jetway login`, or LiteLLM, left: the GitHub token, or else a Copilot token that still lasts. */
export async function credentialFromFiles(
  locations: TokenLocations,
  host: string,
  nowMs: number,
): Promise<Credential | undefined> {
  const source = 'stored sign-in'
  const file = locations.accessToken
  const found = await readPrivateFile(file)
  if (found && found.text.trim() !== '') {
    return credentialFromText(found.text, file, { source, host, file, keepsFiles: true })
  }
  const exchanged = await readPrivateFile(locations.apiKey)
  const raw = exchanged && asObject(tryParseJson(exchanged.text))
  const token = asString(raw?.['token'])
  const expiresAt = asNumber(raw?.['expires_at'])
  if (!token || (expiresAt !== undefined && expiresAt * 1000 <= nowMs)) return undefined
  return credentialFromText(token, locations.apiKey, {
    source,
    host,
    file: locations.apiKey,
    apiEndpoint: asString(asObject(raw?.['endpoints'])?.['api']),
  })
}
