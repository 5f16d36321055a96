/** Markdown tables that are also legible in a terminal. */

/**
 * @param {readonly string[]} head
 * @param {readonly (readonly string[])[]} rows the first column to the left, figures to the right
 */
export function table(head, rows) {
  const widths = head.map((title, column) =>
    Math.max(3, ...[title, ...rows.map((row) => row[column] ?? '')].map((text) => text.length)),
  )
  /** @param {readonly string[]} cells */
  const line = (cells) => {
    const padded = widths.map((width, column) => {
      const text = cells[column] ?? ''
      const gap = ' '.repeat(width - text.length)
      return column === 0 ? text + gap : gap + text
    })
    return `| ${padded.join(' | ')} |`
  }
  const rule = widths.map((width, column) =>
    column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`,
  )
  return [line(head), `| ${rule.join(' | ')} |`, ...rows.map(line)].join('\n')
}

/**
 * Three digits that matter, and no more than the measurement is good for.
 *
 * @param {number} value
 */
export function figure(value) {
  const size = Math.abs(value)
  if (size >= 100) return Math.round(value).toLocaleString('en-US')
  return value.toFixed(size >= 10 ? 1 : 2)
}
