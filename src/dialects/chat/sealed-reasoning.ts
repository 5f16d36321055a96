import type { ReasoningContent, Sealed } from '../../core/conversation.ts'
import { asArray, asString, isJsonObject, tryParseJson } from '../../core/json.ts'
import { unwrapSealed, wrapSealed } from '../../core/sealed.ts'

const MARK = 'jetway-blocks.'

/**
 * Sealed reasoning as the one `reasoning_opaque` that a chat message has. One block of the chat wire is its own value. Several
 * blocks, or blocks with an id, go in with their texts, since a signature holds only for the very text it was made for.
 */
export function opaqueFromBlocks(
  blocks: readonly ReasoningContent[],
  form: 'shortest' | 'texts-inside' = 'shortest',
): string | undefined {
  const sealed = blocks.filter((block) => block.sealed !== undefined)
  const [first] = sealed
  if (first?.sealed === undefined) return undefined
  const plain = blocks.length === 1 && first.id === undefined && !first.summary
  if (plain && form === 'shortest') return textOfSealed(first.sealed)
  const entries = sealed.map((block) => ({
    t: block.text,
    s: block.summary || undefined,
    i: block.id,
    v: block.sealed && wrapSealed(block.sealed),
  }))
  return MARK + Buffer.from(JSON.stringify(entries)).toString('base64url')
}

/** The blocks a message came with; `text` is what stands beside the opaque value. */
export function blocksFromOpaque(opaque: string, text: string): readonly ReasoningContent[] {
  if (!opaque.startsWith(MARK)) {
    const sealed = unwrapSealed(opaque) ?? { origin: 'chat', kind: 'opaque', data: opaque }
    return [{ type: 'reasoning', text, summary: false, sealed }]
  }
  // A client that joins two values makes one with two marks.
  const blocks = opaque
    .split(MARK)
    .slice(1)
    .flatMap((entry) => readEntries(entry))
  return blocks.length > 0 ? blocks : textAlone(text)
}

/** Not a value that the chat wire itself made: we wrapped it for a client that keeps only this slot. */
export function isForeignOpaque(opaque: string): boolean {
  return opaque.startsWith(MARK) || unwrapSealed(opaque) !== undefined
}

function readEntries(encoded: string): ReasoningContent[] {
  const parsed = tryParseJson(Buffer.from(encoded, 'base64url').toString('utf8')) ?? null
  return asArray(parsed).flatMap((entry) => {
    if (!isJsonObject(entry)) return []
    const sealed = unwrapSealed(asString(entry['v']) ?? '')
    if (sealed === undefined) return []
    const id = asString(entry['i'])
    return [
      {
        type: 'reasoning' as const,
        text: asString(entry['t']) ?? '',
        summary: entry['s'] === true,
        sealed,
        ...(id === undefined ? {} : { id }),
      },
    ]
  })
}

function textAlone(text: string): readonly ReasoningContent[] {
  return text === '' ? [] : [{ type: 'reasoning', text, summary: false }]
}

function textOfSealed(sealed: Sealed): string {
  return sealed.origin === 'chat' && sealed.kind === 'opaque' && !isOurs(sealed.data)
    ? sealed.data
    : wrapSealed(sealed)
}

function isOurs(data: string): boolean {
  return data.startsWith('jetway')
}
