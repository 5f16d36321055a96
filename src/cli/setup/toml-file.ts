type Pairs = readonly (readonly [name: string, value: string])[]

const TABLE = /^\s*\[/
const OPEN_TEXT = /"""|'''/

/**
 * Sets top-level values and replaces one whole table of a TOML file, line by line, so that comments and order stay. A text that
 * goes over several lines could hold lines that only look like these: such a file is refused.
 */
export function changeToml(
  text: string | undefined,
  top: Pairs,
  table: string,
  rows: Pairs,
): string {
  if (OPEN_TEXT.test(text ?? '')) {
    throw new Error('it holds a text of several lines, and is not touched')
  }
  const lines = (text ?? '').split('\n')
  if (lines.at(-1) === '') lines.pop()
  const firstTable = lines.findIndex((line) => TABLE.test(line))
  const end = firstTable === -1 ? lines.length : firstTable
  const head = setTop(lines.slice(0, end), top)
  const rest = withoutTable(lines.slice(end), table)
  const block = [`[${table}]`, ...rows.map(([name, value]) => `${name} = ${value}`)]
  return `${[...spaced(head), ...spaced(rest), ...block].join('\n')}\n`
}

function setTop(lines: readonly string[], top: Pairs): readonly string[] {
  const result = [...lines]
  for (const [name, value] of top) {
    const at = result.findIndex((line) => new RegExp(`^\\s*${name}\\s*=`).test(line))
    if (at === -1) result.push(`${name} = ${value}`)
    else result[at] = `${name} = ${value}`
  }
  return result
}

function withoutTable(lines: readonly string[], table: string): readonly string[] {
  const start = lines.findIndex((line) => line.trim() === `[${table}]`)
  if (start === -1) return lines
  const next = lines.findIndex((line, at) => at > start && TABLE.test(line))
  return [...lines.slice(0, start), ...(next === -1 ? [] : lines.slice(next))]
}

/** One empty line behind, however many there were. */
function spaced(lines: readonly string[]): readonly string[] {
  const last = lines.findLastIndex((line) => line.trim() !== '')
  return last === -1 ? [] : [...lines.slice(0, last + 1), '']
}
