/** One fenced block of a page. */
export interface Fence {
  readonly page: string
  /** Where its text begins, from 1. */
  readonly line: number
  readonly language: string
  /** `run`, `server` or what stands behind the language otherwise; empty when nothing does. */
  readonly mark: string
  /** Why it cannot be run here. */
  readonly skip: string | undefined
  readonly text: string
}

const OPEN = /^```(\w+)(?:\s+(.*))?$/

/** The fenced blocks of a page that name a language, in order. */
export function fencesOf(page: string, markdown: string): readonly Fence[] {
  const fences: Fence[] = []
  const lines = markdown.split('\n')
  for (let index = 0; index < lines.length; index++) {
    const open = OPEN.exec(lines[index] ?? '')
    if (!open) continue
    const from = index + 1
    const length = lines.slice(from).indexOf('```')
    if (length < 0) throw new Error(`${page}:${index + 1}: this fence is not closed`)
    const words = open[2] ?? ''
    const skip = /^skip="(.+)"$/.exec(words)?.[1]
    fences.push({
      page,
      line: from + 1,
      language: open[1] ?? '',
      mark: skip === undefined ? words : 'skip',
      skip,
      text: lines.slice(from, from + length).join('\n'),
    })
    index = from + length
  }
  return fences
}

/** The lines of the expected output that were not printed; `…` stands for anything. */
export function missingLines(expected: string, printed: string): readonly string[] {
  const lines = printed.split('\n').map((line) => line.trimEnd())
  return expected.split('\n').filter((line) => {
    const parts = line.split('…').map((part) => part.replaceAll(/[$()*+.?[\\\]^{|}]/g, '\\$&'))
    const pattern = new RegExp(`^${parts.join('.*')}$`)
    return !lines.some((printedLine) => pattern.test(printedLine))
  })
}

export interface Command {
  /** From 1. */
  readonly line: number
  readonly text: string
}

/** The commands of indented blocks; a backslash at a line's end goes on, and what stands behind `  #` is for the reader. */
export function indentedCommands(markdown: string): readonly Command[] {
  const commands: Command[] = []
  let fenced = false
  let open: { line: number; text: string } | undefined
  for (const [index, line] of markdown.split('\n').entries()) {
    if (line.startsWith('```')) fenced = !fenced
    if (fenced || !line.startsWith('    ')) continue
    const text = line.slice(4).replace(/\s{2,}#\s.*$/, '')
    if (open) open.text += `\n${text}`
    else open = { line: index + 1, text }
    if (text.endsWith('\\')) continue
    commands.push(open)
    open = undefined
  }
  return commands
}
