import type { ReasoningContent } from '../../core/conversation.ts'
import { blocksFromOpaque, opaqueFromBlocks } from '../chat/sealed-reasoning.ts'

/**
 * `thoughtSignature` is bytes, so it must be base64 whatever is in it. Clients give it back but leave the thoughts out, so
 * sealed reasoning of another wire goes in with its text. Gemini's own signature stays as it is.
 */
export function signatureFromBlocks(blocks: readonly ReasoningContent[]): string | undefined {
  const [first] = blocks
  if (blocks.length === 1 && first?.sealed?.origin === 'gemini') return first.sealed.data
  const opaque = opaqueFromBlocks(blocks, 'texts-inside')
  return opaque === undefined ? undefined : Buffer.from(opaque).toString('base64')
}

/** The blocks that another wire sealed; undefined for a signature of Gemini's own. */
export function blocksFromSignature(signature: string): readonly ReasoningContent[] | undefined {
  // The first letters decide, so that a long signature of Gemini's own is not decoded for nothing.
  if (!signature.startsWith(MARK)) return undefined
  return blocksFromOpaque(Buffer.from(signature, 'base64').toString('utf8'), '')
}

/** 'jetway-blo' in base64. */
const MARK = Buffer.from('jetway-blocks.').toString('base64').slice(0, 14)
