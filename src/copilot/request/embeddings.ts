import type { Draft } from '../../core/upstream.ts'
import type { Changes } from './changes.ts'

/** Copilot takes a list of texts only; a bare one gets `Bad Request` and no reason. */
export function fitEmbeddings({ body }: Draft, changes: Changes): void {
  const { input } = body
  if (typeof input !== 'string') return
  changes.set('input', [input], 'repaired', 'Copilot takes a list of texts only')
}
