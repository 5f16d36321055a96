import type { Assembled } from '../../assemble.ts'
import type { Model } from '../../core/model.ts'
import { asArray, asObject } from '../../core/json.ts'
import { nearestNames } from '../../engine/resolve/nearest-names.ts'

type Status = Awaited<ReturnType<Assembled['copilot']['status']>>

/** Why a person cannot call a model, and what to do. `certain`: the data says so; else it is what remains. */
export interface Finding {
  readonly reason:
    | 'available'
    | 'spelling'
    | 'sign-in'
    | 'configuration'
    | 'policy'
    | 'terms'
    | 'plan'
    | 'organisation'
    | 'application'
    | 'unknown'
  readonly certain: boolean
  readonly what: string
  readonly mend: string
}

export interface Facts {
  /** As the person wrote it. */
  readonly wanted: string
  /** Names that the gateway serves this caller. */
  readonly served: readonly string[]
  /** What GitHub lists for the seat; `undefined` when it could not be asked. */
  readonly catalogue: readonly Model[] | undefined
  readonly status: Pick<Status, 'signedIn' | 'plan' | 'source' | 'way' | 'problem'>
}

/** Plans that an organisation pays for, and whose owners decide. */
const OF_AN_ORGANISATION = /business|enterprise/
/** Sign-ins that Jetway's own `login` did not make: GitHub lists models by the application that signed in. */
const OWN_SIGN_INS: ReadonlySet<string> = new Set(['stored sign-in', 'seat'])

/** Pure: from what is known to what a person should hear, the most telling first. */
export function whyMissing({ wanted, served, catalogue, status }: Facts): readonly Finding[] {
  if (!status.signedIn || catalogue === undefined) return [notAsked(status)]
  const bare = wanted.slice(wanted.lastIndexOf('/') + 1)
  const model = catalogue.find(({ id }) => same(id, bare))
  const isServed = served.some((name) => same(name, wanted) || same(name, bare))
  if (model) {
    const findings = [...policyOf(model, status.plan), ...planOf(model, status.plan)]
    if (!isServed) findings.push(notConfigured(model))
    return findings.length > 0 ? findings : [available(model)]
  }
  if (isServed) {
    return [
      {
        reason: 'available',
        certain: true,
        what: `The configuration serves “${wanted}”; GitHub lists no model of that name, so another upstream or entry does.`,
        mend: 'Call it by this name.',
      },
    ]
  }
  const near = nearestNames(wanted, new Set([...served, ...catalogue.map(({ id }) => id)]))
  return [...spelling(near), ...notListed(status)]
}

function same(one: string, other: string): boolean {
  const plain = (name: string): string => name.toLowerCase().replaceAll('.', '-')
  return plain(one) === plain(other)
}

function notAsked({ problem, signedIn }: Facts['status']): Finding {
  return {
    reason: 'sign-in',
    certain: true,
    what: problem?.message ?? (signedIn ? 'GitHub could not be asked.' : 'Nobody is signed in.'),
    mend: 'Connect a seat under Seats, or run jetway login, and look again.',
  }
}

function policyOf(model: Model, plan: string | undefined): Finding[] {
  const state = model.policy?.state
  if (state === 'disabled') {
    const theirs = OF_AN_ORGANISATION.test(plan ?? '')
    return [
      {
        reason: 'policy',
        certain: true,
        what: `GitHub lists ${model.id}, and a policy of the ${theirs ? 'organisation' : 'account'} has it switched off.`,
        mend: theirs
          ? 'Ask an owner of the organisation to enable it: Settings, Copilot, Models.'
          : 'Enable it at GitHub: Settings, Copilot, Features.',
      },
    ]
  }
  if (state === 'unconfigured') {
    return [
      {
        reason: 'terms',
        certain: true,
        what: `The terms of ${model.id} are not accepted yet.`,
        mend: 'Accept them at GitHub under Settings, Copilot; with jetway.accept_policies they are accepted at the first call.',
      },
    ]
  }
  return []
}

function planOf(model: Model, plan: string | undefined): Finding[] {
  const audiences = asArray(asObject(model.raw['billing'])?.['restricted_to']).filter(
    (audience) => typeof audience === 'string',
  )
  const own = plan?.toLowerCase().replace(/^individual_/, '')
  if (audiences.length === 0 || own === undefined || audiences.includes(own)) return []
  // The account page says `individual` of every paid plan of a person, so this much only is sure.
  const certain = own === 'free'
  if (!certain && own === 'individual' && audiences.includes('pro')) return []
  return [
    {
      reason: 'plan',
      certain,
      what: `GitHub keeps ${model.id} for the plans ${audiences.join(', ')}; the seat's plan is ${plan}.`,
      mend: 'A larger plan has it; or take one of the models that the list shows.',
    },
  ]
}

function notConfigured(model: Model): Finding {
  return {
    reason: 'configuration',
    certain: true,
    what: `GitHub lists ${model.id} for the seat, but this gateway's model_list, or your key, has no name for it.`,
    mend: 'Add github_copilot/* to model_list to serve all, or an entry for this one; a key may be limited to some models.',
  }
}

function available(model: Model): Finding {
  return {
    reason: 'available',
    certain: true,
    what: `Nothing is in the way of ${model.id}.`,
    mend: `Call it as ${model.id}.`,
  }
}

function spelling(near: readonly string[]): Finding[] {
  if (near.length === 0) return []
  return [
    {
      reason: 'spelling',
      certain: false,
      what: `There are models of a similar name: ${near.join(', ')}.`,
      mend: 'Take one of them, if that was meant.',
    },
  ]
}

/** GitHub says nothing about models it leaves out, so these are the reasons that are left, by what is known of the seat. */
function notListed({ plan, source, way }: Facts['status']): Finding[] {
  const findings: Finding[] = []
  if (OF_AN_ORGANISATION.test(plan ?? '')) {
    findings.push({
      reason: 'organisation',
      certain: false,
      what: `The seat comes from an organisation (plan ${plan}); its owners decide which models GitHub lists at all.`,
      mend: 'Ask an owner: Settings, Copilot, Models.',
    })
  } else if (plan !== undefined) {
    findings.push({
      reason: 'plan',
      certain: false,
      what: `The seat's plan is ${plan}, and the largest models come with larger plans.`,
      mend: 'Compare the plans at GitHub.',
    })
  }
  if (source !== undefined && (!OWN_SIGN_INS.has(source) || way === 'direct')) {
    findings.push({
      reason: 'application',
      certain: false,
      what: `The sign-in comes from ${source}; GitHub lists models by the application that signed in.`,
      mend: 'Run jetway login: the list is that of an editor then.',
    })
  }
  if (findings.length > 0) return findings
  return [
    {
      reason: 'unknown',
      certain: false,
      what: 'GitHub does not list it for this seat and does not say why.',
      mend: 'Check the name; jetway models lists what there is.',
    },
  ]
}
