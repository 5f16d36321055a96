import { join } from 'node:path'
import { asObject, asString, tryParseJson } from '../../../core/json.ts'
import type { Found, Machine } from './foreign-file.ts'
import { foundToken, readForeignFile } from './foreign-file.ts'

/** opencode's `auth.json`; the GitHub token is called `refresh` there, and a tenant is named beside it. */
export async function findOpencode(machine: Machine): Promise<Found> {
  const file = join(machine.dataHome, 'opencode', 'auth.json')
  const text = await readForeignFile(file)
  if (text === undefined) return undefined
  const providers = asObject(tryParseJson(text))
  if (!providers) return { place: file, skipped: 'it is not the JSON it should be' }
  for (const name of ['github-copilot', 'github-copilot-enterprise']) {
    const entry = asObject(providers[name])
    const token = asString(entry?.['refresh']) ?? asString(entry?.['access'])
    if (!entry || !token) continue
    const metadata = asObject(entry['metadata'])
    const tenant = asString(entry['enterpriseUrl']) ?? asString(metadata?.['enterpriseUrl'])
    const host = tenant === undefined ? machine.host : hostOf(tenant)
    if (host === undefined) return { place: file, skipped: 'its enterpriseUrl is no host' }
    const apiEndpoint = asString(metadata?.['apiEndpoint'])
    return foundToken(token, { source: 'opencode', file, host, apiEndpoint })
  }
  return { place: file, skipped: 'it holds no GitHub Copilot sign-in' }
}

/** `acme.ghe.com`, `https://acme.ghe.com/` → `acme.ghe.com`. */
function hostOf(text: string): string | undefined {
  const name = text.replace(/^https:\/\//, '').replace(/\/+$/, '')
  return /^[a-z0-9.-]+\.[a-z]+$/i.test(name) ? name.toLowerCase() : undefined
}
