import { BadGatewayError } from '../core/errors.ts'
import { tryParseJson } from '../core/json.ts'
import type { AnswerHead } from './answer-sink.ts'

/** A whole answer larger than this is refused: images and long completions stay far below it. */
const MAX_ANSWER_BYTES = 256 * 1024 * 1024

/** The whole answer as text. */
async function readWhole(head: AnswerHead): Promise<string> {
  const pieces: Uint8Array[] = []
  let length = 0
  for (let piece = await head.body.read(); piece; piece = await head.body.read()) {
    length += piece.length
    if (length > MAX_ANSWER_BYTES) {
      throw new BadGatewayError(`the answer is larger than ${MAX_ANSWER_BYTES} bytes`, {
        code: 'answer_too_large',
      })
    }
    pieces.push(piece)
  }
  return Buffer.concat(pieces, length).toString('utf8')
}

/** The whole answer, parsed. The shape is the dialect's: the engine has checked and repaired it. */
export async function readJson<T extends object>(head: AnswerHead): Promise<T> {
  const parsed = tryParseJson(await readWhole(head))
  if (typeof parsed !== 'object' || parsed === null) {
    throw new BadGatewayError('the upstream answered with something that is not JSON')
  }
  return parsed as T
}
