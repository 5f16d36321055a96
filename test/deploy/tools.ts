import { join } from 'node:path'
import { missing, root } from '../support/require.ts'

const INSTALL = 'run `node test/deploy/install.mjs`'

export interface Tool {
  readonly path: string
  /** Why it cannot be used here. */
  readonly reason: string | undefined
}

export function tool(name: string, path = join(root, '.cache', 'tools', name)): Tool {
  return { path, reason: missing(path, INSTALL) }
}
