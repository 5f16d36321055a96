import type { JetwayError } from '../../core/errors.ts'
import type { Access, Mend } from '../../core/upstream.ts'

/** What came of one attempt at one target. */
export type TargetOutcome =
  | { readonly kind: 'answered' }
  /** The upstream has no such model. */
  | { readonly kind: 'missing' }
  /** Others have filled it while this call waited for admission: the balancer is asked again. */
  | { readonly kind: 'full' }
  | FailedTarget

export interface FailedTarget {
  readonly kind: 'failed'
  readonly error: JetwayError
  readonly mend: Mend | undefined
  readonly access: Access
}
