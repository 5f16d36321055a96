import { DIALECTS, runConformance } from '../../conformance/index.ts'
import type { CheckResult, DialectToCheck } from '../../conformance/index.ts'
import type { CommandContext, CommandInput } from '../command.ts'
import { EXIT, ExitError, UsageError } from '../exit-codes.ts'

export async function run(context: CommandContext, input: CommandInput): Promise<void> {
  const { terminal, signal } = context
  const dialect = wanted(input, 'dialect') as DialectToCheck
  if (!DIALECTS.includes(dialect))
    throw new UsageError(`--dialect is one of ${DIALECTS.join(', ')}`)
  const baseUrl = wanted(input, 'base-url')
  if (!URL.canParse(baseUrl) || !/^https?:/.test(baseUrl)) {
    throw new UsageError('--base-url needs an address, as http://127.0.0.1:4000')
  }
  const apiKey = keyOf(context, input)
  const model = given(input, 'model')
  const asJson = input.options.has('json')

  const results: CheckResult[] = []
  for await (const result of runConformance({ dialect, baseUrl, apiKey, model, signal })) {
    results.push(result)
    if (!asJson) await terminal.print(lineOf(result, terminal.paint))
  }
  const count = (outcome: CheckResult['outcome']): number =>
    results.filter((result) => result.outcome === outcome).length
  const counts = { passed: count('passed'), failed: count('failed'), skipped: count('skipped') }
  if (asJson) {
    await terminal.print(`${JSON.stringify({ dialect, base_url: baseUrl, ...counts, results })}\n`)
  } else {
    const { passed, failed, skipped } = counts
    await terminal.print(`${passed} passed, ${failed} failed, ${skipped} skipped\n`)
  }
  if (counts.failed > 0) {
    throw new ExitError(EXIT.failed, `${counts.failed} requirements are not met`)
  }
}

function lineOf(result: CheckResult, paint: CommandContext['terminal']['paint']): string {
  const { id, requirement, source, outcome, detail } = result
  if (outcome === 'passed') return `${paint.green('ok')}    ${id}  ${paint.dim(requirement)}\n`
  if (outcome === 'skipped') return `${paint.yellow('skip')}  ${id}  ${detail ?? ''}\n`
  return `${paint.red('FAIL')}  ${id}  ${requirement}\n      ${detail ?? ''}\n      ${paint.dim(source)}\n`
}

/** The name of a variable, never the key itself: arguments are seen by everyone on the machine. */
function keyOf({ environment }: CommandContext, input: CommandInput): string | undefined {
  const name = given(input, 'api-key-env')
  if (name === undefined) return undefined
  const key = environment[name]
  if (key === undefined || key === '') throw new UsageError(`the variable ${name} is not set`)
  return key
}

function wanted(input: CommandInput, name: string): string {
  const value = given(input, name)
  if (value === undefined) throw new UsageError(`--${name} is missing`)
  return value
}

function given({ options }: CommandInput, name: string): string | undefined {
  const value = options.get(name)
  return typeof value === 'string' ? value : undefined
}
