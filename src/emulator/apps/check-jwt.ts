import { createVerify } from 'node:crypto'
import { asObject, asString, tryParseJson } from '../../core/json.ts'
import type { JsonObject } from '../../core/json.ts'
import type { GitHubApp, GitHubApps } from './github-apps.ts'

export type CheckedJwt =
  | { readonly app: GitHubApp }
  | { readonly status: 401 | 404; readonly message: string }

/** GitHub takes ten minutes at most. */
const LONGEST_SECONDS = 600

/**
 * The proof that somebody is a GitHub App, as strict as GitHub: RS256 by the App's own key, issued in the past, over within ten
 * minutes.
 * https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app
 */
export function checkJwt(apps: GitHubApps, jwt: string, nowMs: number): CheckedJwt {
  const [head = '', body = '', signature = '', ...more] = jwt.split('.')
  const header = decoded(head)
  const claims = decoded(body)
  if (!header || !claims || signature === '' || more.length > 0 || header['alg'] !== 'RS256')
    return refused('A JSON web token could not be decoded')
  const { iat, exp } = claims
  const issuer = typeof claims['iss'] === 'number' ? String(claims['iss']) : asString(claims['iss'])
  const found = issuer === undefined ? undefined : apps.find(issuer)
  if (!found) return { status: 404, message: 'Integration not found' }
  const verify = createVerify('RSA-SHA256').update(`${head}.${body}`)
  if (!verify.verify(found.publicKey, signature, 'base64url'))
    return refused('A JSON web token could not be decoded')
  const now = Math.floor(nowMs / 1000)
  if (typeof iat !== 'number' || !Number.isInteger(iat) || iat > now) {
    return refused(
      "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued",
    )
  }
  if (typeof exp !== 'number' || !Number.isInteger(exp) || exp <= now) {
    return refused(
      "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires",
    )
  }
  if (exp > now + LONGEST_SECONDS)
    return refused("'Expiration time' claim ('exp') is too far in the future")
  return { app: found.app }
}

function refused(message: string): CheckedJwt {
  return { status: 401, message }
}

function decoded(part: string): JsonObject | undefined {
  return asObject(tryParseJson(Buffer.from(part, 'base64url').toString('utf8')))
}
