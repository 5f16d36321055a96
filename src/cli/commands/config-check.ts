import { existsSync } from 'node:fs'
import { ConfigError, formatProblem, loadConfig, requireDatabasePlace } from '../../config/index.ts'
import type { ConfigProblem, LoadedConfig } from '../../config/index.ts'
import type { CommandContext, CommandInput } from '../command.ts'
import { EXIT, ExitError } from '../exit-codes.ts'

const DEFAULT_FILE = 'config.yaml'

export async function run(context: CommandContext, input: CommandInput): Promise<void> {
  const file = input.arguments[0] ?? DEFAULT_FILE
  if (!existsSync(file)) {
    throw new ExitError(
      EXIT.configuration,
      `${file}: there is no such file; name one, as in \`jetway config check FILE\``,
    )
  }
  const checked = await check(file, context)
  await (input.options.has('json')
    ? printJson(file, checked, context)
    : printText(file, checked, context))
  if (checked.errors.length > 0) throw new ExitError(EXIT.configuration, `${file} cannot be used`)
}

interface Checked {
  readonly errors: readonly ConfigProblem[]
  readonly warnings: readonly ConfigProblem[]
  readonly loaded: LoadedConfig | undefined
}

async function check(file: string, { environment }: CommandContext): Promise<Checked> {
  try {
    const loaded = await loadConfig({ file, environment })
    requireDatabasePlace(loaded.settings.gateway.databaseUrl)
    return { errors: [], warnings: loaded.warnings, loaded }
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return { errors: error.problems, warnings: [], loaded: undefined }
  }
}

async function printJson(
  file: string,
  { errors, warnings, loaded }: Checked,
  { terminal }: CommandContext,
): Promise<void> {
  const models = loaded?.settings.deployments.map(({ modelName }) => modelName)
  const result = { file, ok: errors.length === 0, errors, warnings, models: [...new Set(models)] }
  await terminal.print(`${JSON.stringify(result)}\n`)
}

async function printText(
  file: string,
  { errors, warnings, loaded }: Checked,
  { terminal }: CommandContext,
): Promise<void> {
  const { red, yellow } = terminal.paint
  for (const problem of errors) await terminal.print(`${red('error')} ${formatProblem(problem)}\n`)
  for (const problem of warnings) {
    await terminal.print(`${yellow('warning')} ${formatProblem(problem)}\n`)
  }
  if (!loaded) return
  const count = new Set(loaded.settings.deployments.map(({ modelName }) => modelName)).size
  const models =
    count === 0 ? 'every model of the catalogue' : `${count} model name${count === 1 ? '' : 's'}`
  await terminal.print(`${file} is good: ${models}\n`)
}
