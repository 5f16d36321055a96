import type { GitHubHosts } from '../github/hosts.ts'
import type { ApiBase } from '../github/origin.ts'
import { checkNamedBase } from '../github/origin.ts'
import type { Log } from '../log.ts'

/** Where calls go: the operator's base, else the one named with the token if it is GitHub's, else the usual one. */
export type ChooseBase = (hosts: GitHubHosts, named: string | undefined) => ApiBase

/** A host that is not GitHub's is told of once, and never sees the token. */
export function createBaseChooser(log: Log): ChooseBase {
  const warned = new Set<string>()
  return (hosts, named) => {
    if (hosts.explicitApi) return hosts.explicitApi
    if (named === undefined) return hosts.defaultApi
    const checked = checkNamedBase(named, hosts.trust)
    if (checked.ok) return checked.base
    if (!warned.has(named)) {
      warned.add(named)
      log('warn', `the API host named with the token is not used: ${checked.reason}`, {
        code: 'untrusted_api_host',
        used: hosts.defaultApi.origin,
      })
    }
    return hosts.defaultApi
  }
}
