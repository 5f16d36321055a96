/** The OAuth apps whose device flow exists, and the kind of token each of them mints. */
export interface OAuthApp {
  readonly clientId: string
  readonly name: string
  readonly prefix: 'ghu' | 'gho'
  /** Whether `copilot_internal/v2/token` knows the app; it answers 404 to the tokens of others. */
  readonly exchanges: boolean
}

export const OAUTH_APPS: readonly OAuthApp[] = [
  { clientId: 'Iv1.b507a08c87ecfe98', name: 'copilot', prefix: 'ghu', exchanges: true },
  { clientId: '01ab8ac9400c4e429b23', name: 'vscode', prefix: 'gho', exchanges: true },
  { clientId: 'Ov23li8tweQw6odWQebz', name: 'opencode', prefix: 'gho', exchanges: false },
  { clientId: 'Ov23ctDVkRmgkPke0Mmm', name: 'copilot-cli', prefix: 'gho', exchanges: false },
  { clientId: '178c6fc778ccc68e1d6a', name: 'gh', prefix: 'gho', exchanges: false },
  { clientId: 'Ov23liV9UpD7Rnfnskm3', name: 'jetbrains', prefix: 'gho', exchanges: true },
]

/** An app that has nothing to do with Copilot: its tokens are refused by the model API. */
export const STRANGER_APP: OAuthApp = {
  clientId: 'Ov23liStrangerStrange',
  name: 'other',
  prefix: 'gho',
  exchanges: false,
}

export function appByName(name: string): OAuthApp | undefined {
  return [...OAUTH_APPS, STRANGER_APP].find((app) => app.name === name)
}
