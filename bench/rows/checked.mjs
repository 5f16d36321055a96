/** One stray reset in a thousand calls is noise; more is a gateway that does not do its work. */
const MAX_FAILED_SHARE = 0.001

/**
 * @param {{ failed: number, firstFailure?: string }} result
 * @param {number} done
 */
export function checked({ failed, firstFailure }, done) {
  if (done === 0 || failed > done * MAX_FAILED_SHARE) {
    throw new Error(`${failed} of ${failed + done} failed, the first with: ${firstFailure ?? '–'}`)
  }
}
