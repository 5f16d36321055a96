import { codedError } from '../errors/error-bodies.ts'
import { Refusal } from '../errors/refusal.ts'

const ACCEPTED = new Set([
  'interleaved-thinking-2025-05-14',
  'context-management-2025-06-27',
  'advanced-tool-use-2025-11-20',
  'computer-use-2025-01-24',
  'computer-use-2025-11-24',
  'mid-conversation-system-2026-04-07',
])

export function betasOf(headers: Readonly<Record<string, string>>): string[] {
  return (headers['anthropic-beta'] ?? '')
    .split(',')
    .map((beta) => beta.trim())
    .filter((beta) => beta !== '')
}

/** Only a few betas pass; one that does not fails the whole call. */
export function checkBetas(headers: Readonly<Record<string, string>>): void {
  const refused = betasOf(headers).filter((beta) => !ACCEPTED.has(beta))
  if (refused.length > 0) {
    const message = `unsupported beta header(s): ${refused.join(', ')}`
    throw new Refusal('beta', codedError(400, 'invalid_request_body', message))
  }
  const version = headers['anthropic-version']
  if (version !== undefined && version !== '2023-06-01') {
    const message = `anthropic-version: "${version}" is not a valid version`
    throw new Refusal('beta', codedError(400, 'invalid_request_body', message))
  }
}
