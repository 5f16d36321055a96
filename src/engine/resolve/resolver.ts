import type { Deployment, Settings } from '../../core/settings.ts'
import type { Route, Target } from './target.ts'
import { isWildcard, matchWildcard, specificity } from './wildcard.ts'

export interface Resolver {
  /** The targets a name stands for; none when nothing here serves it. Whether the model exists is the upstream's to say. */
  resolve(name: string, settings: Settings): Route
}

/**
 * Names, in this order: an alias, a `model_name`, a `model_info.id`, the nearest wildcard, `provider/model`, and a bare
 * model of the default provider. A configured name wins over the catalogue's, as in LiteLLM.
 */
export function createResolver(
  providers: ReadonlySet<string>,
  defaultProvider: string | undefined,
): Resolver {
  // Settings are replaced whole on a reload, so their identity is the key.
  let indexed: Settings | undefined
  let index: Index = indexSettings([])
  return {
    resolve(name, settings) {
      if (indexed !== settings) {
        index = indexSettings(settings.deployments)
        indexed = settings
      }
      const asked = followAliases(name, settings.router.aliases)
      const configured =
        index.groups.get(asked) ?? index.byId.get(asked) ?? fromWildcard(asked, index)
      const targets = configured ?? direct(asked, providers, defaultProvider)
      return { name: asked, targets }
    },
  }
}

interface Index {
  readonly groups: ReadonlyMap<string, readonly Target[]>
  readonly byId: ReadonlyMap<string, readonly Target[]>
  /** Nearest first; deployments of one pattern stand together. */
  readonly wildcards: readonly {
    readonly pattern: string
    readonly deployments: readonly Deployment[]
  }[]
}

function indexSettings(deployments: readonly Deployment[]): Index {
  const groups = new Map<string, Target[]>()
  const byId = new Map<string, readonly Target[]>()
  const wildcards = new Map<string, Deployment[]>()
  for (const deployment of deployments) {
    if (isWildcard(deployment.modelName)) {
      const others = wildcards.get(deployment.modelName)
      if (others) others.push(deployment)
      else wildcards.set(deployment.modelName, [deployment])
      continue
    }
    const target: Target = { provider: deployment.provider, model: deployment.model, deployment }
    const group = groups.get(deployment.modelName)
    if (group) group.push(target)
    else groups.set(deployment.modelName, [target])
    byId.set(deployment.id, [target])
    if (deployment.infoId !== undefined) byId.set(deployment.infoId, [target])
  }
  const nearestFirst = [...wildcards].sort(([a], [b]) => specificity(b) - specificity(a))
  return {
    groups,
    byId,
    wildcards: nearestFirst.map(([pattern, group]) => ({ pattern, deployments: group })),
  }
}

function fromWildcard(name: string, index: Index): readonly Target[] | undefined {
  for (const { pattern, deployments } of index.wildcards) {
    const rest = matchWildcard(pattern, name)
    if (rest === undefined || rest === '') continue
    return deployments.map((deployment) => ({
      provider: deployment.provider,
      model: fillIn(deployment, rest),
      deployment,
    }))
  }
  return undefined
}

/** `*` → `github_copilot/*` takes the model with or without its provider in front. */
function fillIn(deployment: Deployment, rest: string): string {
  const own = `${deployment.provider}/`
  const bare = rest.startsWith(own) ? rest.slice(own.length) : rest
  return deployment.model.replace('*', () => bare)
}

function direct(
  name: string,
  providers: ReadonlySet<string>,
  defaultProvider: string | undefined,
): readonly Target[] {
  const slash = name.indexOf('/')
  const provider = slash === -1 ? undefined : name.slice(0, slash)
  if (provider !== undefined && providers.has(provider) && slash + 1 < name.length) {
    return [{ provider, model: name.slice(slash + 1), deployment: undefined }]
  }
  if (defaultProvider === undefined || name === '') return []
  return [{ provider: defaultProvider, model: name, deployment: undefined }]
}

/** An alias may name another alias; a ring of them ends where it began. */
function followAliases(name: string, aliases: ReadonlyMap<string, string>): string {
  let current = name
  for (let step = 0; step <= aliases.size; step++) {
    const next = aliases.get(current)
    if (next === undefined) return current
    current = next
  }
  return name
}
