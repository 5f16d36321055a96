import type { Access } from '../../core/upstream.ts'
import type { WireName } from '../../core/model.ts'
import type { Environment } from '../environment.ts'
import { configurationError, variable } from '../environment.ts'

/** Who we say we are. Copilot's gateway accepts a kind of credential only from the clients that have it. */
export interface Profile {
  readonly name: 'vscode' | 'cli'
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>
  readonly apiVersion: string
}

/** The editor's chat, which calls with an exchanged token. */
const VSCODE: Profile = {
  name: 'vscode',
  headers: {
    'editor-version': 'vscode/1.99.2',
    'editor-plugin-version': 'copilot-chat/0.26.3',
    'copilot-integration-id': 'vscode-chat',
    'user-agent': 'GitHubCopilotChat/0.26.3',
  },
  apiVersion: '2025-04-01',
}

/** The command line's identity, from which GitHub tokens are accepted as bearers themselves. */
const CLI: Profile = {
  name: 'cli',
  headers: {
    'editor-version': 'copilot/1.0.78',
    'editor-plugin-version': 'copilot/1.0.78',
    'copilot-integration-id': 'copilot-developer-cli',
    'user-agent': 'copilot/1.0.78',
  },
  apiVersion: '2026-07-01',
}

export function profileFor(credential: Access['credential']): Profile {
  return credential === 'direct' ? CLI : VSCODE
}

/** Copilot's Messages endpoint is a proxy of its own, with a name and a minimum version. */
export const MESSAGES_API_VERSION = '2026-06-01'

/** The newest version known to be served, for a gateway that refuses ours. */
export const NEWEST_API_VERSION = '2026-08-01'

export type Purpose = WireName | 'models' | 'policy'

const INTENTS: Readonly<Record<Purpose, string>> = {
  chat: 'conversation-agent',
  responses: 'conversation-agent',
  embeddings: 'conversation-agent',
  messages: 'messages-proxy',
  models: 'model-access',
  policy: 'chat-policy',
}

/** `OpenAI-Intent` and `X-Interaction-Type` alike. */
export function intentFor(purpose: Purpose): string {
  return INTENTS[purpose]
}

const VARIABLES: readonly (readonly [string, string])[] = [
  ['EDITOR_VERSION', 'editor-version'],
  ['EDITOR_PLUGIN_VERSION', 'editor-plugin-version'],
  ['VSCODE_MACHINE_ID', 'vscode-machineid'],
  ['VSCODE_SESSION_ID', 'vscode-sessionid'],
]

/** Identity values of the environment and of the configuration, the latter winning. An empty one leaves the header out. */
export function configuredIdentity(
  environment: Environment,
  settings: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {}
  for (const [name, header] of VARIABLES) {
    const value = variable(environment, name)
    if (value !== undefined) headers[header] = headerValue(name, value)
  }
  for (const [name, value] of Object.entries(settings)) {
    const header = name.toLowerCase()
    if (!/^[a-z0-9!#$%&'*+.^_`|~-]+$/.test(header)) {
      throw configurationError(`the identity header "${name}" is no header name`)
    }
    if (isTransportHeader(header)) {
      throw configurationError(`the identity header "${name}" is set by the connection itself`)
    }
    headers[header] = headerValue(name, value)
  }
  return headers
}

function headerValue(name: string, value: string): string {
  if (/^[\t\x20-\x7e\x80-\xff]*$/.test(value)) return value
  throw configurationError(`${name} holds characters that a header cannot carry`)
}

const TRANSPORT_HEADERS: ReadonlySet<string> = new Set([
  'authorization',
  'connection',
  'content-length',
  'cookie',
  'expect',
  'host',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/** Never taken from anyone: the credential, and what belongs to one connection. */
export function isTransportHeader(name: string): boolean {
  return TRANSPORT_HEADERS.has(name)
}
