import type { Conversation } from '../../core/conversation.ts'
import { estimateTokens } from './estimate-tokens.ts'
import { piecesOf } from './pieces.ts'
import type { CountText } from './tokenizers.ts'

/** Merging pairs costs the square of a text's length where it has no spaces: 20 s for 100,000 times the same letter. */
const SLICE = 256
/** Some 20 ms of work, after which others have a turn. */
const AT_A_STRETCH = 64 * 1024

/**
 * About how many tokens a prompt has, where its upstream does not count: the texts by the model's tokenizer where there is one,
 * with a few tokens of frame for each turn and tool. Always marked as an estimate, since only the upstream knows its frame.
 */
export async function countPrompt(
  conversation: Conversation,
  countText: CountText | undefined,
): Promise<number> {
  let tokens = 0
  let counted = 0
  for (const piece of piecesOf(conversation)) {
    if (typeof piece === 'number') {
      tokens += piece
      continue
    }
    if (countText === undefined) {
      tokens += estimateTokens(piece)
      continue
    }
    for (const slice of slicesOf(piece)) {
      tokens += countText(slice)
      counted += slice.length
      if (counted < AT_A_STRETCH) continue
      counted = 0
      // oxlint-disable-next-line no-await-in-loop -- this is what it is for
      await othersTurn()
    }
  }
  return Math.ceil(tokens)
}

/** Cut in front of a space where there is one: a token begins there anyway, and the count stays the same. */
function* slicesOf(text: string): Generator<string> {
  let from = 0
  while (text.length - from > SLICE) {
    const space = text.lastIndexOf(' ', from + SLICE)
    const to = space > from ? space : from + SLICE
    yield text.slice(from, to)
    from = to
  }
  yield text.slice(from)
}

function othersTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve)
  })
}
