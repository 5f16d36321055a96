import type { CallRecord } from '../../core/ledger.ts'

/**
 * What GitHub says when it takes an account's calls for automation gone wild, beside its usual limits, which are no anomaly.
 * https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits
 */
const WORDS =
  /abus(e|ive)|secondary rate limit|suspicious|suspended|scripted|automated (activity|access|requests)|(terms of service|acceptable use)|account (was|has been|is) (flagged|restricted|blocked)/i

export function isAbuseSignal({ status, error }: CallRecord): boolean {
  return (status === 403 || status === 429) && error !== undefined && WORDS.test(error.message)
}
