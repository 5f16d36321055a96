export interface DiffLine {
  readonly kind: 'same' | 'removed' | 'added'
  readonly text: string
}

/** Above this many cells the changed part is shown as a whole. */
const MOST_CELLS = 4_000_000

/** The fewest lines that turn one text into another. */
export function lineDiff(before: string, after: string): readonly DiffLine[] {
  const old = linesOf(before)
  const fresh = linesOf(after)
  let start = 0
  while (start < old.length && start < fresh.length && old[start] === fresh[start]) start++
  let end = 0
  while (
    end < Math.min(old.length, fresh.length) - start &&
    old[old.length - 1 - end] === fresh[fresh.length - 1 - end]
  ) {
    end++
  }
  const same = (lines: readonly string[]): DiffLine[] =>
    lines.map((text) => ({ kind: 'same', text }))
  return [
    ...same(old.slice(0, start)),
    ...middle(old.slice(start, old.length - end), fresh.slice(start, fresh.length - end)),
    ...same(old.slice(old.length - end)),
  ]
}

/** By the longest common subsequence. */
function middle(old: readonly string[], fresh: readonly string[]): DiffLine[] {
  const width = fresh.length + 1
  if (old.length * fresh.length > MOST_CELLS) {
    return [
      ...old.map((text): DiffLine => ({ kind: 'removed', text })),
      ...fresh.map((text): DiffLine => ({ kind: 'added', text })),
    ]
  }
  const common = new Uint32Array((old.length + 1) * width)
  const at = (row: number, column: number): number => common[row * width + column] ?? 0
  for (let row = old.length - 1; row >= 0; row--) {
    for (let column = fresh.length - 1; column >= 0; column--) {
      common[row * width + column] =
        old[row] === fresh[column]
          ? at(row + 1, column + 1) + 1
          : Math.max(at(row + 1, column), at(row, column + 1))
    }
  }
  const lines: DiffLine[] = []
  let row = 0
  let column = 0
  while (row < old.length || column < fresh.length) {
    if (row < old.length && column < fresh.length && old[row] === fresh[column]) {
      lines.push({ kind: 'same', text: old[row] ?? '' })
      row++
      column++
    } else if (
      row < old.length &&
      (column === fresh.length || at(row + 1, column) >= at(row, column + 1))
    ) {
      lines.push({ kind: 'removed', text: old[row++] ?? '' })
    } else {
      lines.push({ kind: 'added', text: fresh[column++] ?? '' })
    }
  }
  return lines
}

const CONTEXT = 2

/** As `diff -u` shows it, with a gap for what stays. */
export function diffText(
  lines: readonly DiffLine[],
  paint: { readonly red: (text: string) => string; readonly green: (text: string) => string },
): string {
  const near = lines.map((_, at) =>
    lines.slice(Math.max(0, at - CONTEXT), at + CONTEXT + 1).some(({ kind }) => kind !== 'same'),
  )
  return lines
    .map(({ kind, text }, at) => {
      if (kind === 'removed') return `${paint.red(`- ${text}`)}\n`
      if (kind === 'added') return `${paint.green(`+ ${text}`)}\n`
      if (near[at]) return `  ${text}\n`
      return near[at - 1] ? '  …\n' : ''
    })
    .join('')
}

function linesOf(text: string): readonly string[] {
  if (text === '') return []
  return text.replace(/\n$/, '').split('\n')
}
