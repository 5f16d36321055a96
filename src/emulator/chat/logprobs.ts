import { pieces } from '../accounting/count-tokens.ts'

/** Log probabilities of a text's tokens: made up, falling with the length of the token, always the same. */
export function logprobsOf(text: string, alternatives: number): unknown {
  return {
    content: pieces(text).map((token) => {
      const logprob = -0.01 * token.length
      const others = Array.from({ length: Math.max(0, alternatives - 1) }, (_, index) => ({
        token: `${token}${'~'.repeat(index + 1)}`,
        logprob: logprob - (index + 1),
        bytes: [...Buffer.from(`${token}${'~'.repeat(index + 1)}`)],
      }))
      const own = { token, logprob, bytes: [...Buffer.from(token)] }
      const listed = alternatives > 0 ? [own, ...others] : []
      return Object.assign({ top_logprobs: listed }, own)
    }),
    refusal: null,
  }
}
