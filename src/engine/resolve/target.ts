import type { Deployment } from '../../core/settings.ts'

/** One place that can serve a call: a deployment of the configuration, or a model named with its provider. */
export interface Target {
  readonly provider: string
  /** The name to look up in the upstream's catalogue. */
  readonly model: string
  /** Absent when the model was named directly: then there is nothing to balance and no limit of its own. */
  readonly deployment: Deployment | undefined
}

/** What a model name comes to: the targets that serve it. */
export interface Route {
  /** The group's name in the configuration, or the name as it was asked for; fallbacks hang on it. */
  readonly name: string
  readonly targets: readonly Target[]
}
