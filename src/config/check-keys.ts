import * as z from 'zod'
import type { Located, LocatedMap } from './located.ts'
import { litellmKeyNote } from './litellm-keys.ts'
import { innermost } from './innermost.ts'
import { nearestName } from './nearest.ts'
import type { ConfigProblem } from './problem.ts'

/** A warning for every key that has no effect: misspelt, or one of LiteLLM's that is not supported. */
export function checkKeys(root: LocatedMap, schema: z.ZodType): readonly ConfigProblem[] {
  const warnings: ConfigProblem[] = []

  const checkMap = (located: LocatedMap, object: z.ZodObject, section: string): void => {
    const known = Object.keys(object.shape)
    for (const [key, member] of located.members) {
      const inner = object.shape[key] as z.ZodType | undefined
      if (inner) {
        check(member.value, inner, section === '' ? key : `${section}.${key}`)
        continue
      }
      // A loose map, as `model_info`, may hold anything.
      if (object.def.catchall instanceof z.ZodUnknown) continue
      const message = noteOn(section, key, known)
      warnings.push({ message, at: member.keyAt })
    }
  }

  const check = (located: Located, given: z.ZodType, section: string): void => {
    const type = innermost(given)
    if (located.kind === 'map' && type instanceof z.ZodObject) checkMap(located, type, section)
    if (located.kind === 'list' && type instanceof z.ZodArray) {
      for (const item of located.items) check(item, type.element as z.ZodType, `${section}[]`)
    }
  }

  check(root, schema, '')
  return warnings
}

function noteOn(section: string, key: string, known: readonly string[]): string {
  const full = section === '' ? key : `${section}.${key}`
  const note = litellmKeyNote(section, key)
  if (note !== undefined) return `${full} ${note}`
  const near = nearestName(key, known)
  return `unknown key ${full}${near === undefined ? '' : `; did you mean ${near}?`}`
}
