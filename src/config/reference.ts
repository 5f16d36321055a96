import * as z from 'zod'
import { innermost } from './innermost.ts'
import { configSchema } from './schema.ts'

/** One setting of the file, for the page that lists them all. */
export interface ConfigEntry {
  /** As `model_list[].litellm_params.model`. */
  readonly path: string
  readonly description: string
}

/** Every setting the file may hold, in the file's own order: the documentation is made from this, so that it cannot go stale. */
export function configReference(): readonly ConfigEntry[] {
  return entriesOf(configSchema, '')
}

function entriesOf(schema: z.ZodType, path: string): ConfigEntry[] {
  const inner = innermost(schema)
  if (inner instanceof z.ZodArray) return entriesOf(inner.element as z.ZodType, `${path}[]`)
  if (!(inner instanceof z.ZodObject)) return []
  const entries: ConfigEntry[] = []
  for (const [name, member] of Object.entries(inner.shape)) {
    const type = member as z.ZodType
    const full = path === '' ? name : `${path}.${name}`
    entries.push({ path: full, description: type.description ?? '' })
    entries.push(...entriesOf(type, full))
  }
  return entries
}
