import type { Sealed } from './conversation.ts'

const MARK = 'jetway.'
const FORM = /^jetway\.(chat|responses|messages|gemini)\.(signature|encrypted|opaque|redacted)\./

/**
 * A sealed value of one wire as text that fits the slot another dialect has for its own (`signature`,
 * `encrypted_content`, …). A client that gives back what it got then returns it to the wire it came from, byte for byte.
 */
export function wrapSealed(sealed: Sealed): string {
  return `${MARK}${sealed.origin}.${sealed.kind}.${sealed.data}`
}

/** What `wrapSealed` wrapped; `undefined` for any other text, which then belongs to the slot's own wire. */
export function unwrapSealed(text: string): Sealed | undefined {
  if (!text.startsWith(MARK)) return undefined
  const match = FORM.exec(text)
  if (!match) return undefined
  // The pattern admits only these words.
  const [mark, origin, kind] = match as unknown as [string, Sealed['origin'], Sealed['kind']]
  return { origin, kind, data: text.slice(mark.length) }
}
