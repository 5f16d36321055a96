import type { Status } from '../../copilot/index.ts'
import type { ModelInfo } from '../../sdk/types/models.ts'
import type { Quota } from '../../sdk/types/quota.ts'
import { EXIT } from '../exit-codes.ts'
import type { Finding } from './finding.ts'
import { good, problem, unknown, warning } from './finding.ts'

export function checkSignIn(status: Status): readonly Finding[] {
  const { signedIn, source, login, problem: wrong, skipped } = status
  const others: Finding[] = skipped.map(({ place, reason }) => ({
    check: 'sign-in',
    state: 'warning',
    detail: `not used: ${place}: ${reason}`,
    mend: 'remove it, or JETWAY_DISCOVERY=off',
  }))
  if (!signedIn) {
    const detail = wrong?.message ?? 'nobody is signed in to GitHub Copilot'
    return [problem('sign-in', detail, 'run `jetway login`', EXIT.signIn), ...others]
  }
  return [good('sign-in', `${login ?? 'somebody'}, from ${source ?? 'a credential'}`), ...others]
}

/** Signed in is not yet entitled. */
export function checkSeat({ signedIn, plan, api, problem: wrong }: Status): Finding {
  if (!signedIn) return unknown('seat', 'nobody is signed in')
  if (wrong) {
    return problem(
      'seat',
      wrong.message,
      'look at https://github.com/settings/copilot, or ask who administers your organisation',
      EXIT.signIn,
    )
  }
  return good('seat', [plan && `plan ${plan}`, api].filter(Boolean).join(', '))
}

export function checkCatalogue(models: readonly ModelInfo[]): readonly Finding[] {
  if (models.length === 0) {
    return [
      problem(
        'catalogue',
        'the account has no model',
        'look at https://github.com/settings/copilot/features, or ask who administers your organisation',
        EXIT.signIn,
      ),
    ]
  }
  const waiting = models.filter(({ policy }) => policy !== undefined && policy !== 'enabled')
  const catalogue = good('catalogue', `${models.length} models`)
  if (waiting.length === 0) return [catalogue, good('policy', 'every model may be used')]
  return [
    catalogue,
    warning(
      'policy',
      `terms not accepted yet: ${waiting.map(({ id }) => id).join(', ')}`,
      'accept them at https://github.com/settings/copilot/features, or set accept_policies: true in the configuration',
    ),
  ]
}

export function checkQuota({ quotas, resets_at }: Quota): Finding {
  const used = Object.entries(quotas).filter(
    ([, { unlimited, percent_remaining, overage_permitted }]) =>
      !unlimited && percent_remaining <= 0 && !overage_permitted,
  )
  if (used.length === 0) return good('quota', 'something is left of each')
  return problem(
    'quota',
    `used up: ${used.map(([name]) => name).join(', ')}${resets_at ? `; starts again ${resets_at}` : ''}`,
    'wait, use a model that is included, or allow overage at https://github.com/settings/billing',
    EXIT.limit,
  )
}
