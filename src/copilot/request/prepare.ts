import type { WireName } from '../../core/model.ts'
import type { Rewrite } from '../../core/plan.ts'
import type { Draft, Prepared } from '../../core/upstream.ts'
import { filterBetas, isSentOn } from '../identity/caller-headers.ts'
import type { HeaderBlocks } from '../identity/header-blocks.ts'
import { isTransportHeader } from '../identity/profiles.ts'
import type { Changes } from './changes.ts'
import { createChanges } from './changes.ts'
import { fitChat } from './chat.ts'
import { fitEmbeddings } from './embeddings.ts'
import { initiatorOf } from './initiator.ts'
import type { Lessons } from './lessons.ts'
import { fitMessages } from './messages.ts'
import { applyLessons } from './parameters.ts'
import { fitResponses } from './responses.ts'

const PATHS: Readonly<Record<WireName, string>> = {
  chat: '/chat/completions',
  responses: '/responses',
  messages: '/v1/messages',
  embeddings: '/embeddings',
}

const FITS: Readonly<Record<WireName, (draft: Draft, changes: Changes) => void>> = {
  chat: fitChat,
  responses: fitResponses,
  messages: fitMessages,
  embeddings: fitEmbeddings,
}

/** Headers and body edits for one attempt. No I/O; the same draft gives the same answer until a refusal teaches otherwise. */
export function prepareCall(draft: Draft, blocks: HeaderBlocks, lessons: Lessons): Prepared {
  const { model, wire, body } = draft
  const changes = createChanges(body)
  if (body['model'] !== model.id) {
    changes.set('model', model.id, 'set', "the catalogue's own name of the model")
  }
  FITS[wire](draft, changes)
  applyLessons(
    draft,
    changes,
    lessons.dropped(model.id, draft.lessons),
    lessons.renamed(model.id, draft.lessons),
  )
  const initiator = initiatorOf(draft)
  const headers: Record<string, string> = {
    ...blocks.block(draft.access.credential, wire, draft.stream),
  }
  headers['x-initiator'] = initiator.value
  headers['x-request-id'] = draft.requestId
  // Only with images: on calls without, Copilot counts it against the few vision calls that may run at once.
  if (draft.facts.hasImages) headers['copilot-vision-request'] = 'true'
  for (const [name, value] of draft.callerHeaders) {
    if (isSentOn(name, value)) putCallers(headers, name, value, changes)
  }
  for (const name in draft.extraHeaders) {
    const value = draft.extraHeaders[name]
    const key = name.toLowerCase()
    if (value === undefined || isTransportHeader(key)) continue
    // A repeated attempt stays the agent's, whatever the deployment's block says of first ones.
    if (key !== 'x-initiator') headers[key] = value
  }
  const { edits, rewrites, degraded } = changes
  return { path: PATHS[wire], headers, edits, initiator, rewrites, degraded }
}

function putCallers(
  headers: Record<string, string>,
  name: string,
  value: string,
  changes: Changes,
): void {
  if (name === 'anthropic-version' && !ANTHROPIC_VERSIONS.has(value)) {
    changes.note(unknownVersion(value))
    return
  }
  if (name !== 'anthropic-beta') {
    headers[name] = value
    return
  }
  const { kept, dropped } = filterBetas(value)
  if (kept !== '') headers[name] = kept
  if (dropped.length > 0) changes.note(droppedBetas(dropped))
}

/** The versions of the Messages API that Copilot's backends know. Newer SDKs of Anthropic send newer ones, which they refuse. */
const ANTHROPIC_VERSIONS: ReadonlySet<string> = new Set(['2023-01-01', '2023-06-01'])

function unknownVersion(value: string): Rewrite {
  return {
    field: 'anthropic-version',
    action: 'set',
    reason: `Copilot does not know the version ${value.slice(0, 32)}`,
  }
}

function droppedBetas(dropped: readonly string[]): Rewrite {
  return {
    field: 'anthropic-beta',
    action: 'removed',
    reason: `Copilot refuses beta features it does not know: ${dropped.join(', ')}`,
  }
}
