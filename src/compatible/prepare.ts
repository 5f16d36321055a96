import { asObject } from '../core/json.ts'
import type { JsonValue } from '../core/json.ts'
import type { WireName } from '../core/model.ts'
import type { Initiator, Rewrite } from '../core/plan.ts'
import type { Draft, Mend, Prepared } from '../core/upstream.ts'

export interface PrepareOptions {
  readonly forwardsCallerHeaders: boolean
  readonly rename: Extract<Mend, { kind: 'rename-parameter' }> | undefined
}

const PATHS: Readonly<Record<WireName, string>> = {
  chat: '/chat/completions',
  responses: '/responses',
  messages: '/messages',
  embeddings: '/embeddings',
}

/** Pure. What another gateway needs of the caller's headers; the usage of a stream asked for; a parameter by its newer name. */
export function prepare(draft: Draft, options: PrepareOptions): Prepared {
  const edits = new Map<string, JsonValue | undefined>()
  const rewrites: Rewrite[] = []
  if (draft.wire === 'chat') {
    askForUsage(draft, edits, rewrites)
    if (options.rename !== undefined) rename(draft, options.rename, edits, rewrites)
  }
  return {
    path: PATHS[draft.wire],
    headers: headersFor(draft, options.forwardsCallerHeaders),
    edits,
    initiator: initiatorOf(draft),
    rewrites,
    degraded: [],
  }
}

/** Without it a stream holds no usage; a client that did not ask is not shown it. */
function askForUsage(
  draft: Draft,
  edits: Map<string, JsonValue | undefined>,
  rewrites: Rewrite[],
): void {
  if (!draft.stream) return
  const asked = asObject(draft.body['stream_options'])
  if (asked?.['include_usage'] === true) return
  edits.set('stream_options', { ...asked, include_usage: true })
  rewrites.push({
    field: 'stream_options',
    action: 'set',
    reason: 'the usage of a stream is told only to who asks',
  })
}

function rename(
  { body, model }: Draft,
  { from, to }: { readonly from: string; readonly to: string },
  edits: Map<string, JsonValue | undefined>,
  rewrites: Rewrite[],
): void {
  const value = body[from]
  if (value === undefined) return
  edits.set(from, undefined)
  edits.set(to, body[to] ?? value)
  rewrites.push({ field: from, action: 'renamed', reason: `${model.id} calls it ${to}` })
}

function headersFor(draft: Draft, forwards: boolean): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    accept: draft.stream ? 'text/event-stream' : 'application/json',
    'x-request-id': draft.requestId,
  }
  if (forwards) {
    for (const [name, value] of draft.callerHeaders) {
      if (isForwarded(name, value)) headers[name] = value
    }
  }
  return Object.assign(headers, draft.extraHeaders)
}

const FORWARDED: ReadonlySet<string> = new Set([
  'editor-version',
  'editor-plugin-version',
  'editor-device-id',
  'copilot-integration-id',
  'copilot-vision-request',
  'openai-intent',
  'x-initiator',
])
const FORWARDED_PREFIXES = ['x-interaction-', 'vscode-', 'anthropic-', 'x-litellm-']

/** A key that a client put there is never passed on, whatever its prefix. */
function isForwarded(name: string, value: string): boolean {
  if (name === 'x-litellm-api-key' || name === 'anthropic-api-key') return false
  if (name === 'user-agent') return /copilot|vscode|editor/i.test(value)
  return FORWARDED.has(name) || FORWARDED_PREFIXES.some((prefix) => name.startsWith(prefix))
}

function initiatorOf({ attempt, facts }: Draft): Initiator {
  if (attempt > 1) return { value: 'agent', reason: 'a repeated attempt' }
  return { value: facts.lastTurn, reason: facts.lastTurnReason }
}
