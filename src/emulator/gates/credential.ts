import type { RecordedRequest } from '../records/recorded-request.ts'
import type { GitHubToken, GitHubTokenKind } from '../tokens/github-tokens.ts'
import { kindOfToken } from '../tokens/github-tokens.ts'
import type { World } from '../world.ts'

/** What the `Authorization` header holds. */
export type Credential =
  | {
      readonly type: 'copilot'
      readonly scheme: string
      readonly state: 'valid' | 'expired' | 'forged'
      readonly login: string | undefined
    }
  | {
      readonly type: 'github'
      readonly scheme: string
      readonly kind: GitHubTokenKind
      /** `undefined` for one that was never issued, or is revoked. */
      readonly token: GitHubToken | undefined
    }
  /** Missing, or nothing that looks like a token. */
  | { readonly type: 'none' }

export function readCredential(world: World, header: string | undefined): Credential {
  const match = /^(\S+)\s+(\S.*)$/.exec(header ?? '')
  if (!match) return { type: 'none' }
  const scheme = (match[1] ?? '').toLowerCase()
  const value = (match[2] ?? '').trim()
  if (value.startsWith('tid=')) {
    const check = world.copilotTokens.check(value)
    return {
      type: 'copilot',
      scheme,
      state: check.state,
      login: check.state === 'forged' ? undefined : check.login,
    }
  }
  const kind = kindOfToken(value)
  if (kind === undefined) return { type: 'none' }
  return { type: 'github', scheme, kind, token: world.githubTokens.find(value) }
}

/** Who it was, for the record. A token the emulator did not make may be a real one, so it is not kept. */
export function noteCredential(record: RecordedRequest, credential: Credential): void {
  const ours =
    credential.type === 'copilot'
      ? credential.state !== 'forged'
      : credential.type === 'github' && credential.token !== undefined
  if (credential.type === 'copilot') {
    record.credential = 'copilot'
    record.login = credential.login
  }
  if (credential.type === 'github') {
    record.credential = credential.kind
    record.login = credential.token?.login
  }
  if (ours) return
  const headers = record.headers as Record<string, string>
  if (headers['authorization'] !== undefined) {
    headers['authorization'] = masked(headers['authorization'])
  }
  const raw = record.rawHeaders as string[]
  for (let at = 0; at + 1 < raw.length; at += 2) {
    if (raw[at]?.toLowerCase() === 'authorization') raw[at + 1] = masked(raw[at + 1] ?? '')
  }
}

function masked(value: string): string {
  const [scheme, token] = value.split(/\s+/, 2)
  return token === undefined ? '***' : `${scheme} ${token.slice(0, 4)}***`
}
