/**
 * Mends a conversation before an upstream would refuse the whole of it. Pure; every change has a name for
 * `x-jetway-degraded`, and a conversation that is in order comes back as the very same object.
 */
import type { Conversation } from '../../core/conversation.ts'
import type { Model } from '../../core/model.ts'
import type { GenerateWire } from '../fidelity/table.ts'
import { healCallInputs } from './call-inputs.ts'
import { completeToolSchemas } from './complete-schemas.ts'
import { healCustomTools } from './custom-tools.ts'
import { healEmptyContent } from './empty-content.ts'
import { healImages } from './images.ts'
import { takesOnlyFunctions } from './other-tools.ts'
import { chainRestorers, type Restorer } from './restorer.ts'
import { healStopSequences } from './stop-sequences.ts'
import { healToolNames } from './tool-names.ts'
import { healToolPairs } from './tool-pairs.ts'
import { healToolSchemas } from './tool-schemas.ts'

export { offersLocalShell, offersOtherTools, takesOnlyFunctions } from './other-tools.ts'
export { healCustomTools } from './custom-tools.ts'
export { healEmptyContent } from './empty-content.ts'
export { healImages } from './images.ts'
export type { Restorer } from './restorer.ts'
export { healStopSequences, stopsCutHere } from './stop-sequences.ts'
export { healToolNames } from './tool-names.ts'
export { healToolPairs } from './tool-pairs.ts'
export { healToolSchemas } from './tool-schemas.ts'

export interface Healed {
  readonly conversation: Conversation
  readonly degraded: readonly string[]
  /** To be put on every part, or on the whole answer, before it is encoded for the client; holds for one answer. */
  readonly restore?: Restorer | undefined
}

/** `onlyFunctions`: the model turned out to take no other tools, whatever its vendor's usually do. */
export function heal(
  conversation: Conversation,
  wire: GenerateWire,
  model: Model,
  onlyFunctions = takesOnlyFunctions(wire, model),
): Healed {
  const names = healToolNames(conversation, wire, onlyFunctions)
  const custom = healCustomTools(names.conversation, wire, model, onlyFunctions)
  const stop = healStopSequences(custom.conversation, wire)
  const schemas = healToolSchemas(stop.conversation)
  const pairs = healToolPairs(completeToolSchemas(schemas.conversation, wire))
  const inputs = healCallInputs(pairs.conversation, wire, model)
  const images = healImages(inputs.conversation, model.limits)
  const full = healEmptyContent(images.conversation, wire)
  return {
    conversation: full.conversation,
    degraded: [names, custom, schemas, pairs, inputs, images, full].flatMap(
      ({ changed }) => changed,
    ),
    restore: chainRestorers([custom.restore, names.restore, stop.restore]),
  }
}
