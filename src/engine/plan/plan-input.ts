import type { Call } from '../../core/call.ts'
import type { Conversation } from '../../core/conversation.ts'
import type { Dialect, RequestFacts, Wire } from '../../core/dialect.ts'
import type { EmbeddingRequest } from '../../core/embedding.ts'
import type { Model, WireName } from '../../core/model.ts'
import type { Rewrite } from '../../core/plan.ts'
import type { Access, Mend, Upstream } from '../../core/upstream.ts'
import type { SearchPlan } from '../web-search/search-plan.ts'
import type { WireChoice } from './choose-wire.ts'

/** What a plan is made of. */
export interface PlanInput {
  readonly call: Call
  readonly dialect: Dialect
  readonly wires: ReadonlyMap<WireName, Wire>
  readonly facts: RequestFacts
  readonly model: Model
  readonly choice: WireChoice
  readonly upstream: Pick<Upstream, 'provider' | 'prepare'>
  readonly access: Access
  readonly extraHeaders: Readonly<Record<string, string>>
  readonly attempt: number
  readonly lessons: readonly Mend[]
  readonly dropParams: boolean
  /** The model takes no tools but functions: others become some. @default what its vendor's usually do */
  readonly onlyFunctions?: boolean | undefined
  /** The request decoded, made at most once for a call however many attempts it takes. */
  readonly decoded: Decoded
  /** Set when another model searches the web for the one that was asked. */
  readonly search?: SearchPlan | undefined
  /** What was changed before. @default [] */
  readonly rewrites?: readonly Rewrite[] | undefined
}

export interface Decoded {
  conversation(): Conversation
  embedding(): EmbeddingRequest
}
