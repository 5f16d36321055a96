/**
 * A load whose result is only taken when it is one of calls that were really made.
 *
 * @import { Bench, Job, JobResult, Wire } from '../types.ts'
 */

/** One stray reset in a thousand calls is noise; more is a gateway that does not do its work. */
const MAX_FAILED_SHARE = 0.001

/**
 * @template {Job} T
 * @param {Bench} bench
 * @param {T} job
 * @param {Wire} dialect
 * @returns {Promise<Extract<JobResult, { kind: T['kind'] }>>}
 */
export async function checkedLoad({ load, answered }, job, dialect) {
  const before = await answered()
  const result = await load(job, dialect)
  if (isSaturated(result)) throw new Error('cannot keep up with the rate')
  const done = doneIn(result)
  const { failed, firstFailure } = result
  if (done === 0 || failed > done * MAX_FAILED_SHARE) {
    throw new Error(`${failed} of ${failed + done} failed, the first with: ${firstFailure ?? '–'}`)
  }
  if ((await answered()) - before < done) {
    throw new Error('it answered calls without asking the upstream')
  }
  return result
}

/** @param {JobResult} result how many calls went well */
function doneIn(result) {
  if (result.kind === 'streams') return result.streams
  return result.kind === 'open-streams' ? result.opened : result.calls
}

/** @param {JobResult} result */
function isSaturated(result) {
  return result.kind === 'rate' && result.saturated
}
