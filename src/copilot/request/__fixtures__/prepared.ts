import type { JsonObject } from '../../../core/json.ts'
import type { WireName } from '../../../core/model.ts'
import type { Access, Draft, Prepared } from '../../../core/upstream.ts'
import { createVirtualClock } from '../../../core/virtual-clock.ts'
import type { ModelName } from '../../__fixtures__/models.ts'
import { modelOf } from '../../__fixtures__/models.ts'
import { plainDraft } from '../../__fixtures__/world.ts'
import { createHeaderBlocks } from '../../identity/header-blocks.ts'
import { configuredIdentity } from '../../identity/profiles.ts'
import { createLessons } from '../lessons.ts'
import { prepareCall } from '../prepare.ts'

export const ACCESS: Access = {
  origin: 'https://api.githubcopilot.com',
  basePath: '',
  authorization: { authorization: 'Bearer secret' },
  credential: 'tid',
  generation: 1,
}

interface Case {
  readonly model?: ModelName
  readonly wire?: WireName
  readonly body?: JsonObject
  readonly draft?: Partial<Draft>
  readonly environment?: Record<string, string>
  readonly identity?: Record<string, string>
}

export function prepare({
  model = 'plain',
  wire = 'chat',
  body = {},
  draft,
  ...more
}: Case): Prepared {
  const entry = modelOf(model)
  const identity = configuredIdentity(more.environment ?? {}, more.identity ?? {})
  return prepareCall(
    { ...plainDraft(ACCESS), model: entry, wire, body: { model: entry.id, ...body }, ...draft },
    createHeaderBlocks(identity),
    createLessons(createVirtualClock()),
  )
}

/** What the body becomes. */
export function edited(input: Case): JsonObject {
  return Object.fromEntries(prepare(input).edits)
}
