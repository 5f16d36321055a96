import type { IncomingHttpHeaders } from 'node:http'

/**
 * The caller's headers that an upstream may see. A list of what goes through, not of what does not: a header nobody thought
 * of, with a key or a cookie in it, must not leave the house.
 */
const SENT_ON = new Set([
  'editor-version',
  'editor-plugin-version',
  'copilot-integration-id',
  'openai-intent',
  'x-initiator',
])
const SENT_ON_PREFIXES = ['x-interaction-', 'vscode-', 'anthropic-']

/** `GithubCopilot/1.155.0`, `vscode/1.99.2`, …; the name of an SDK says nothing to Copilot. */
const EDITOR_AGENT =
  /^(?:github-?copilot|copilot|vscode|visual ?studio|jetbrains|intellij|neovim|vim|emacs|xcode|eclipse|zed)[\w.-]*\//i

export function callHeaders(headers: IncomingHttpHeaders): ReadonlyMap<string, string> {
  const sentOn = new Map<string, string>()
  for (const name in headers) {
    if (!isSentOn(name)) continue
    const value = headers[name]
    if (typeof value === 'string') sentOn.set(name, value)
  }
  const agent = headers['user-agent']
  if (agent !== undefined && EDITOR_AGENT.test(agent)) sentOn.set('user-agent', agent)
  return sentOn
}

function isSentOn(name: string): boolean {
  return SENT_ON.has(name) || SENT_ON_PREFIXES.some((prefix) => name.startsWith(prefix))
}
