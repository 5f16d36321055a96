import { describe, expect, test } from 'vitest'
import { coded, expectMeaning, read } from './__fixtures__/answers.ts'
import type { Row } from './__fixtures__/answers.ts'

const ROWS: readonly Row[] = [
  {
    name: 'an expired token',
    status: 401,
    body: 'IDE token expired: unauthorized: token expired\n',
    kind: 'AuthenticationError',
    code: 'token_expired',
    mend: 'renew-credential',
  },
  {
    name: 'a bad token',
    status: 401,
    body: 'unauthorized: unauthorized: AuthenticateToken authentication failed',
    kind: 'AuthenticationError',
    code: 'unauthorized',
    mend: 'renew-credential',
  },
  {
    name: 'a token without the permission',
    status: 401,
    body: 'unauthorized: Personal Access Token does not have Copilot Requests permission',
    kind: 'AuthenticationError',
    code: 'missing_copilot_permission',
    message: /settings\/tokens/,
  },
  {
    name: 'a permission to give',
    status: 401,
    body: { authorize_url: 'https://github.com/login/oauth/authorize' },
    kind: 'AuthenticationError',
    code: 'authorization_needed',
    message: /visit https:/,
  },
  {
    name: 'a foreign item',
    status: 401,
    body: 'input item does not belong to this connection',
    kind: 'BadRequestError',
    answered: 400,
    code: 'foreign_item_id',
    mend: 'drop-item-ids',
  },
  {
    name: 'a foreign item id',
    status: 401,
    body: coded('', 'input item ID does not belong to this connection'),
    kind: 'BadRequestError',
    mend: 'drop-item-ids',
  },
  {
    name: 'no quota',
    status: 402,
    body: coded('quota_exceeded', 'You have no quota'),
    kind: 'QuotaExceededError',
    answered: 402,
    code: 'quota_exceeded',
    message: /no quota.*jetway usage/,
  },
  {
    name: 'an overage limit',
    status: 402,
    body: coded('overage_limit_reached'),
    kind: 'QuotaExceededError',
    code: 'overage_limit_reached',
  },
  {
    name: 'forbidden',
    status: 403,
    body: 'forbidden\n',
    kind: 'PermissionDeniedError',
    mend: 'renew-credential',
  },
  {
    name: 'a forbidden endpoint',
    status: 403,
    body: 'access to this endpoint is forbidden',
    kind: 'PermissionDeniedError',
    mend: 'renew-credential',
  },
  {
    name: 'another integration',
    status: 403,
    body: 'token not authorized for this integration',
    kind: 'PermissionDeniedError',
    mend: 'renew-credential',
  },
  {
    name: 'an organization',
    status: 403,
    body: coded('feature_flag_blocked', 'Your organization has disabled this.'),
    kind: 'PermissionDeniedError',
    answered: 403,
    code: 'feature_flag_blocked',
  },
  {
    name: 'no such path',
    status: 404,
    body: '404 page not found\n',
    kind: 'NotFoundError',
    answered: 404,
  },
  {
    name: 'a slow upload',
    status: 408,
    body: coded('user_request_timeout', 'Timed out reading request body.'),
    kind: 'Timeout',
    answered: 408,
  },
  {
    name: 'too large, JSON',
    status: 413,
    body: coded('', 'failed to parse request'),
    kind: 'PayloadTooLargeError',
    answered: 413,
  },
  {
    name: 'too large, text',
    status: 413,
    body: '413 Request Entity Too Large\n',
    kind: 'PayloadTooLargeError',
  },
  {
    name: "another plan's host",
    status: 421,
    body: 'Misdirected Request\n',
    kind: 'PermissionDeniedError',
    code: 'misdirected_request',
    message: /GITHUB_COPILOT_API_BASE/,
    mend: 'resolve-host',
  },
  {
    name: 'a responsible filter',
    status: 422,
    body: 'filtered',
    kind: 'ContentPolicyViolationError',
  },
  { name: 'a dependency', status: 424, body: 'failed dependency', kind: 'BadGatewayError' },
]

describe('what an answer means', () => {
  for (const row of ROWS) {
    test(`${row.status}: ${row.name}`, () => {
      expectMeaning(row)
    })
  }

  test('no secret and no prompt gets into an error', () => {
    const { error } = read(400, {
      error: { message: 'bad tid=1;exp=2:ab and gho_0123456789abcdef', prompt: 'private' },
      messages: ['private'],
    })
    const text = JSON.stringify([error.message, error.body, error.code, error.param])
    expect(text).not.toMatch(/exp=2|0123456789ab|private/)
    expect(read(500, 'x'.repeat(100_000)).error.message.length).toBeLessThan(1_100)
  })
})
