import type { CommandContext, CommandInput, Paint } from '../command.ts'
import { examine } from '../doctor/examine.ts'
import type { Finding } from '../doctor/finding.ts'
import { EXIT, ExitStatus } from '../exit-codes.ts'

export async function run(context: CommandContext, input: CommandInput): Promise<void> {
  const { terminal } = context
  const findings = await examine(context, input)
  const problems = findings.filter(({ state }) => state === 'problem')
  if (input.options.has('json')) {
    const plain = findings.map(({ check, state, detail, mend }) => ({ check, state, detail, mend }))
    await terminal.print(`${JSON.stringify({ ok: problems.length === 0, findings: plain })}\n`)
  } else {
    await terminal.print(findings.map((finding) => findingText(finding, terminal.paint)).join(''))
  }
  const [first] = problems
  if (first) throw new ExitStatus(first.code ?? EXIT.failed)
}

const MARKS = {
  good: { word: 'ok', colour: 'green' },
  warning: { word: 'look', colour: 'yellow' },
  problem: { word: 'BAD', colour: 'red' },
  unknown: { word: '?', colour: 'dim' },
} as const

function findingText({ check, state, detail, mend }: Finding, paint: Paint): string {
  const { word, colour } = MARKS[state]
  const line = `${paint[colour](word.padEnd(4))}  ${check.padEnd(13)}  ${detail}\n`
  return mend === undefined ? line : `${line}${' '.repeat(21)}${paint.bold('mend:')} ${mend}\n`
}
