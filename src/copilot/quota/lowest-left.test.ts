import { expect, test } from 'vitest'
import { createHeaderQuota } from './header-quota.ts'
import { lowestLeft } from './lowest-left.ts'

function seen(headers: Record<string, string>) {
  const quota = createHeaderQuota()
  quota.observe(headers, 1)
  return quota.said()
}

test('the lowest of all seats counts; what is unlimited does not', () => {
  const quotas = [
    seen({ 'x-quota-snapshot-premium_interactions': 'ent=300&ov=0.0&ovPerm=false&rem=31.3' }),
    seen({
      'x-quota-snapshot-premium_interactions': 'ent=300&ov=4.0&ovPerm=true&rem=-2',
      'x-quota-snapshot-chat': 'ent=-1&ov=0.0&ovPerm=false&rem=100.0',
      'x-usage-ratelimit-weekly': 'ent=100&rem=40',
    }),
    seen({}),
  ]
  expect(lowestLeft(quotas)).toEqual(
    new Map([
      ['premium_interactions', -0.02],
      ['weekly', 0.4],
    ]),
  )
})
