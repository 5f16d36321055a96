/**
 * A cheap, stable stand-in for a tokenizer: four UTF-16 units are a token. Good enough for limits and prices,
 * and anyone can check it by hand.
 */
export function estimateTokens(text: string): number {
  return Math.ceil(text.length / 4)
}

/** What an image counts, whatever its size. */
export const IMAGE_TOKENS = 765

const PIECE = /\s*\S{1,6}|\s+$/gu

/** Answers are cut into these: one piece is one output token, so that limits and usage agree exactly. */
export function pieces(text: string): string[] {
  return text.match(PIECE) ?? []
}

export function countPieces(text: string): number {
  return pieces(text).length
}
