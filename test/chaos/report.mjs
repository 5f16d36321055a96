/** @import { SetReport } from './run-set.mjs' */

/** @param {readonly SetReport[]} sets */
export function renderTable(sets) {
  const lines = [
    '| set | hop | fault | calls | ok | right errors | aborted | wrong | late | slowest | well again |',
  ]
  lines.push('|---|---|---|--:|--:|--:|--:|--:|--:|--:|--:|')
  for (const { name, phases, notRun } of sets) {
    if (notRun !== undefined) lines.push(`| ${name} | – | not run: ${notRun} | | | | | | | | |`)
    for (const { phase, calls, verdicts, slowestMs, recoveryMs } of phases) {
      const { ok, error, aborted, wrong, late } = verdicts
      const cells = [name, phase.hop, phase.name, calls, ok, error, aborted, wrong, late]
      lines.push(
        `| ${[...cells, `${(slowestMs / 1000).toFixed(1)} s`, `${(recoveryMs / 1000).toFixed(1)} s`].join(' | ')} |`,
      )
    }
  }
  return lines.join('\n')
}

/** @param {readonly SetReport[]} sets @param {string} repeat the command that repeats the run */
export function renderVerdict(sets, repeat) {
  const violations = sets.flatMap(({ name, violations }) =>
    violations.map((text) => `${name}: ${text}`),
  )
  const calls = sets.reduce((sum, set) => sum + set.calls, 0)
  const notes = sets.flatMap(({ name, notes }) => notes.map((text) => `${name}: ${text}`))
  const verdict =
    violations.length === 0
      ? `KEPT: ${calls} calls, every oracle held`
      : `BROKEN: ${calls} calls, ${violations.length} violations\n${violations.map((text) => `  - ${text}`).join('\n')}`
  return `${notes.join('\n')}\n\n${verdict}\nrepeat: ${repeat}`
}
