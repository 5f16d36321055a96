import type {
  Content,
  Conversation,
  Image,
  Text,
  ToolResult,
  Turn,
} from '../../core/conversation.ts'
import type { ModelLimits } from '../../core/model.ts'
import type { Step } from './tool-pairs.ts'

/** Images over the model's limits become a text that says so; of too many, the newest stay. */
export function healImages(conversation: Conversation, limits: ModelLimits): Step {
  const { maxImages, maxImageBytes, imageTypes } = limits
  if (maxImages === undefined && maxImageBytes === undefined && !imageTypes?.length) {
    return { conversation, changed: [] }
  }
  const changed = new Set<string>()
  let left = maxImages ?? Infinity

  const check = (image: Image): Image | Text => {
    const { source } = image
    if (source.kind === 'data') {
      if (maxImageBytes !== undefined && (source.data.length * 3) / 4 > maxImageBytes) {
        changed.add('oversize_image')
        return note(`it is larger than the ${maxImageBytes} bytes that the model takes`)
      }
      if (imageTypes?.length && !imageTypes.includes(source.mediaType)) {
        changed.add('image_type')
        return note(`the model does not take ${source.mediaType}`)
      }
    }
    if (left > 0) {
      left--
      return image
    }
    changed.add('too_many_images')
    return note(`the model takes no more than ${maxImages} of them`)
  }

  const turns = lastFirst(conversation.turns, (turn) => healTurn(turn, check))
  return changed.size === 0
    ? { conversation, changed: [] }
    : { conversation: { ...conversation, turns }, changed: [...changed] }
}

function healTurn(turn: Turn, check: (image: Image) => Image | Text): Turn {
  if (turn.role === 'tool') {
    return { role: 'tool', content: lastFirst(turn.content, (result) => healResult(result, check)) }
  }
  if (!turn.content.some(holdsImage)) return turn
  const content = lastFirst(turn.content, (piece): Content => {
    if (piece.type === 'image') return check(piece)
    return piece.type === 'tool-result' ? healResult(piece, check) : piece
  })
  return { ...turn, content }
}

function holdsImage({ type }: Content): boolean {
  return type === 'image' || type === 'tool-result'
}

function healResult(result: ToolResult, check: (image: Image) => Image | Text): ToolResult {
  if (!result.content.some(({ type }) => type === 'image')) return result
  return {
    ...result,
    content: lastFirst(result.content, (piece) => (piece.type === 'image' ? check(piece) : piece)),
  }
}

/** Maps from the end, so that the newest come first to what is left; the order of the list stays. */
function lastFirst<T>(list: readonly T[], map: (entry: T) => T): T[] {
  return list.toReversed().map(map).toReversed()
}

function note(reason: string): Text {
  return { type: 'text', text: `[An image was left out: ${reason}.]` }
}
