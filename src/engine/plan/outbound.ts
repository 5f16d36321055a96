import type { Conversation } from '../../core/conversation.ts'
import type { EmbeddingRequest } from '../../core/embedding.ts'
import type { Model } from '../../core/model.ts'
import type { Plan } from '../../core/plan.ts'
import type { Restorer } from '../../dialects/healing/index.ts'

/** A plan, and what the way back needs beside it. */
export interface Outbound {
  readonly plan: Plan
  readonly model: Model
  /** Decoded because something is translated; relays never do. */
  readonly conversation: Conversation | undefined
  readonly embedding: EmbeddingRequest | undefined
  /** Undoes in the answer what healing changed in the request: shortened tool names, tools of another kind. */
  readonly restore: Restorer | undefined
  /** Chat: the client wants the usage chunk. */
  readonly includeUsage: boolean
}
