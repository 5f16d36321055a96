import { errorText } from '../errors/error-bodies.ts'
import { Refusal } from '../errors/refusal.ts'
import { namedError } from '../faults/named-errors.ts'
import type { Seat } from './seat.ts'

/** Integrations of editors: they exchange a token, and take no personal access tokens. */
const EDITORS = new Set([
  'vscode-chat',
  'vscode',
  'copilot-language-server',
  'jetbrains-chat',
  'xcode-chat',
  'vs-chat',
  'vim-chat',
])

/** Integrations that send a GitHub token as it is. */
const DIRECT = new Set(['copilot-developer-cli', 'copilot-developer-sdk', 'agentic-workflows'])

/** `Copilot-Integration-Id` decides which class of credential is taken. */
export function checkIntegration(
  headers: Readonly<Record<string, string>>,
  credential: Seat['credential'],
): void {
  const integration = headers['copilot-integration-id']?.toLowerCase()
  if (integration !== undefined && !EDITORS.has(integration) && !DIRECT.has(integration)) {
    throw new Refusal('integration', namedError('endpoint_forbidden'))
  }
  const direct = integration !== undefined && DIRECT.has(integration)
  if (credential.type === 'copilot') {
    if (direct) throw new Refusal('integration', namedError('wrong_integration'))
    return
  }
  switch (credential.kind) {
    case 'ghp':
      throw notSupported('Personal Access Tokens')
    case 'github_pat':
      if (!direct) throw notSupported('Personal Access Tokens')
      return
    case 'ghs':
      if (!direct) throw notSupported('GitHub App Server-To-Server Tokens')
      if (credential.token && !credential.token.copilotRequests) {
        throw new Refusal('integration', namedError('endpoint_forbidden'))
      }
      return
    case 'ghu':
      // A user token of the Copilot app needs someone to be: an integration or an editor.
      if (integration === undefined && headers['editor-version'] === undefined) {
        throw new Refusal('integration', namedError('endpoint_forbidden'))
      }
      return
    case 'gho':
      if (credential.token?.app.name === 'other') {
        throw new Refusal('integration', namedError('wrong_integration'))
      }
  }
}

function notSupported(what: string): Refusal {
  const text = `${what} are not supported for this endpoint`
  return new Refusal('integration', errorText(400, text))
}
