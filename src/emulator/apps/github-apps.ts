import { createPublicKey, type KeyObject } from 'node:crypto'

/** A GitHub App as its organisation has installed it. */
export interface GitHubApp {
  /** As in a JWT's `iss`: the App's id. */
  readonly appId: string
  /** Taken as `iss`, too. */
  readonly clientId: string
  readonly installationId: string
  /** The account that its calls are billed to. */
  readonly login: string
  readonly copilotRequests: boolean
  readonly suspended: boolean
}

export interface GitHubAppInput {
  readonly appId: string
  readonly installationId: string
  /** PEM of the public half of the App's private key. */
  readonly publicKey: string
  /** @default 'Iv23' and the App's id */
  readonly clientId?: string
  /** @default the first account */
  readonly login?: string
  /** The permission "Copilot Requests". @default true */
  readonly copilotRequests?: boolean
  /** The organisation has suspended the installation. @default false */
  readonly suspended?: boolean
}

export interface GitHubApps {
  /** Adds an App, or replaces the one of that id. */
  put(login: string, input: GitHubAppInput): GitHubApp
  /** By its id or its client id. */
  find(issuer: string): { readonly app: GitHubApp; readonly publicKey: KeyObject } | undefined
  list(): GitHubApp[]
  reset(): void
}

export function createGitHubApps(): GitHubApps {
  const apps = new Map<string, { readonly app: GitHubApp; readonly publicKey: KeyObject }>()
  return {
    put(login, input) {
      const publicKey = createPublicKey(input.publicKey)
      if (publicKey.asymmetricKeyType !== 'rsa') throw new TypeError('publicKey is no RSA key')
      const app: GitHubApp = {
        appId: input.appId,
        clientId: input.clientId ?? `Iv23${input.appId}`,
        installationId: input.installationId,
        login,
        copilotRequests: input.copilotRequests ?? true,
        suspended: input.suspended ?? false,
      }
      apps.set(app.appId, { app, publicKey })
      return app
    },
    find: (issuer) =>
      apps.get(issuer) ?? [...apps.values()].find(({ app }) => app.clientId === issuer),
    list: () => [...apps.values()].map(({ app }) => app),
    reset() {
      apps.clear()
    },
  }
}
