export interface Bar {
  readonly label: string
  readonly value: number
  readonly note: string
}

/** Eighths of a character. */
const PARTS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉']

/** One line each, the longest as wide as there is room; what is not zero never looks like zero. */
export function barChart(bars: readonly Bar[], columns: number): string {
  const labelWidth = Math.max(0, ...bars.map(({ label }) => label.length))
  const noteWidth = Math.max(0, ...bars.map(({ note }) => note.length))
  const room = Math.max(8, Math.min(60, columns - labelWidth - noteWidth - 4))
  const most = Math.max(0, ...bars.map(({ value }) => value))
  return bars
    .map(({ label, value, note }) => {
      const eighths = most === 0 ? 0 : Math.round((value / most) * room * 8)
      const shown = value > 0 ? Math.max(1, eighths) : 0
      const bar = '█'.repeat(Math.floor(shown / 8)) + (PARTS[shown % 8] ?? '')
      return `${label.padEnd(labelWidth)}  ${bar.padEnd(room)}  ${note.padStart(noteWidth)}\n`
    })
    .join('')
}
