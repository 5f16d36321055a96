import type { Account } from '../accounts/account.ts'
import { PLANS } from '../accounts/plans.ts'
import { modelFromLine } from './builders.ts'
import type { CatalogueEntry, CatalogueModel } from './entry.ts'
import { OPENAI_MODELS } from './openai-models.ts'
import { ANTHROPIC_MODELS, GOOGLE_AND_XAI_MODELS } from './other-models.ts'

export interface Catalogue {
  /** The entries an account sees, its policies applied; ids may repeat. */
  entriesFor(account: Account): CatalogueEntry[]
  /** By id, or by the dated version. */
  find(id: string): CatalogueModel | undefined
  /** Why the account may not call the model, or `undefined` when it may. */
  refusalFor(account: Account, model: CatalogueModel): 'hidden' | 'plan' | 'policy' | undefined
  policyState(account: Account, model: CatalogueModel): string | undefined
  list(): readonly CatalogueModel[]
  /** Adds a model, or replaces the one of that id. */
  put(model: CatalogueModel): void
  remove(id: string): void
  reset(): void
}

export function createCatalogue(): Catalogue {
  let models: CatalogueModel[] = []
  const reset = (): void => {
    models = [...OPENAI_MODELS, ...ANTHROPIC_MODELS, ...GOOGLE_AND_XAI_MODELS].map(modelFromLine)
  }
  reset()

  const policyState = (account: Account, model: CatalogueModel): string | undefined =>
    account.policies[model.entry.id] ?? model.entry.policy?.state

  return {
    policyState,
    list: () => models,
    find: (id) =>
      models.find((model) => model.entry.id === id) ??
      models.find((model) => model.entry.version === id),
    entriesFor(account) {
      return models
        .filter((model) => !account.hiddenModels.includes(model.entry.id))
        .map((model) => {
          const state = account.policies[model.entry.id]
          if (state === undefined) return model.entry
          const terms = model.entry.policy?.terms ?? `Enable access to ${model.entry.name}.`
          return withPolicy(model.entry, state, terms)
        })
    },
    refusalFor(account, model) {
      if (account.hiddenModels.includes(model.entry.id)) return 'hidden'
      const audiences = model.entry.billing.restricted_to
      if (audiences && !audiences.includes(PLANS[account.plan].audience)) return 'plan'
      const state = policyState(account, model)
      return state === undefined || state === 'enabled' ? undefined : 'policy'
    },
    put(model) {
      models = [...models.filter((other) => other.entry.id !== model.entry.id), model]
    },
    remove(id) {
      models = models.filter((model) => model.entry.id !== id)
    },
    reset,
  }
}

function withPolicy(
  entry: CatalogueEntry,
  state: 'enabled' | 'disabled' | 'unconfigured',
  terms: string,
): CatalogueEntry {
  return { ...entry, policy: { state, terms } }
}
