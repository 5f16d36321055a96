import { join } from 'node:path'
import { asObject, asString, tryParseJson } from '../../../core/json.ts'
import type { CredentialSource } from '../credential.ts'
import type { Found, Machine } from './foreign-file.ts'
import { foundToken, readForeignFile } from './foreign-file.ts'

/** The folder that GitHub's plugins for Vim, JetBrains and others share. */
export function editorFolder({ configHome, localAppData }: Machine): string {
  return join(localAppData ?? configHome, 'github-copilot')
}

/** `apps.json`: `{"github.com:Iv1.…": {user, oauth_token}}`. */
export function findEditorApps(machine: Machine): Promise<Found> {
  return findIn('apps.json', 'github-copilot apps.json', machine)
}

/** `hosts.json`, the older form: `{"github.com": {user, oauth_token}}`. */
export function findEditorHosts(machine: Machine): Promise<Found> {
  return findIn('hosts.json', 'github-copilot hosts.json', machine)
}

async function findIn(name: string, source: CredentialSource, machine: Machine): Promise<Found> {
  const file = join(editorFolder(machine), name)
  const text = await readForeignFile(file)
  if (text === undefined) return undefined
  const accounts = asObject(tryParseJson(text))
  if (!accounts) return { place: file, skipped: 'it is not the JSON it should be' }
  for (const [key, value] of Object.entries(accounts)) {
    if (key !== machine.host && !key.startsWith(`${machine.host}:`)) continue
    const account = asObject(value)
    const token = asString(account?.['oauth_token'])
    if (!token) continue
    const login = asString(account?.['user'])
    return foundToken(token, { source, file, host: machine.host, login })
  }
  return { place: file, skipped: `it holds no account of ${machine.host}` }
}
