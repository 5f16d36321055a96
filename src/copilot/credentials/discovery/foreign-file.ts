import { open } from 'node:fs/promises'
import type { Credential, CredentialSource } from '../credential.ts'
import { isTokenText, tokenKind } from '../token-kind.ts'
import { codeOf } from '../../files/private-file.ts'

/** Where another tool keeps its sign-in: its folders, and whose account is looked for. */
export interface Machine {
  readonly home: string
  readonly configHome: string
  readonly dataHome: string
  /** Windows only. */
  readonly localAppData: string | undefined
  /** `github.com` or the configured tenant. */
  readonly host: string
}

/** One place looked at: what it holds, or why that is of no use. */
export type Found =
  | { readonly credential: Credential }
  | { readonly skipped: string; readonly place: string }
  | undefined

const MAX_BYTES = 1 << 20

/** Another tool's file is read as it is, never put right; `undefined` when there is none. */
export async function readForeignFile(path: string): Promise<string | undefined> {
  try {
    const file = await open(path, 'r')
    try {
      const stat = await file.stat()
      if (!stat.isFile() || stat.size > MAX_BYTES) return undefined
      return await file.readFile('utf8')
    } finally {
      await file.close()
    }
  } catch (error) {
    if (codeOf(error) === 'unknown') throw error
    return undefined
  }
}

export function foundToken(
  text: string,
  known: {
    readonly source: CredentialSource
    readonly file: string
    readonly host: string
    readonly login?: string | undefined
    readonly apiEndpoint?: string | undefined
  },
): Found {
  const token = text.trim()
  const place = known.file
  if (token === '') return undefined
  if (!isTokenText(token)) return { place, skipped: 'what it holds is no token' }
  const kind = tokenKind(token)
  if (kind === 'ghp') return { place, skipped: 'a classic token (ghp_) is refused by Copilot' }
  const { source, file, host, login, apiEndpoint } = known
  return {
    credential: { source, kind, token, file, host, login, apiEndpoint, keepsFiles: false },
  }
}
