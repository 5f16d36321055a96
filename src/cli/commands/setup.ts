import { readFile } from 'node:fs/promises'
import { askYes } from '../ask-yes.ts'
import { findClient } from '../clients/clients.ts'
import { findTarget } from '../clients/find-target.ts'
import type { CommandContext, CommandInput } from '../command.ts'
import { EXIT, ExitError } from '../exit-codes.ts'
import { diffText, lineDiff } from '../setup/line-diff.ts'
import type { SettingFile, SetupSpec } from '../setup/setting.ts'
import { SETUPS } from '../setup/specs.ts'
import { writeSetting } from '../setup/write-setting.ts'
import type { Written } from '../setup/write-setting.ts'

interface Change {
  readonly path: string
  readonly before: string
  readonly after: string
}

export async function run(context: CommandContext, input: CommandInput): Promise<void> {
  const { terminal, environment } = context
  const client = findClient(input.arguments[0] ?? '')
  const spec = requireSetup(client.name, client.title)
  const target = await findTarget(client, context, input)
  const found = await Promise.all(spec.files(environment, target).map(changeOf))
  const changes = found.filter(({ before, after }) => before !== after)
  if (changes.length === 0) {
    terminal.say(`${client.title} is set up already; nothing is changed.`)
    return
  }
  for (const change of changes) {
    await terminal.print(`${terminal.paint.bold(change.path)}\n`)
    const lines = diffText(lineDiff(change.before, change.after), terminal.paint)
    await terminal.print(lines.replaceAll(target.key, masked(target.key)))
  }
  if (!(await askYes(`Write ${changes.length === 1 ? 'this' : 'these'}?`, context, input))) {
    terminal.say('Nothing is changed.')
    return
  }
  const written: Written[] = []
  for (const { path, after } of changes) written.push(await writeSetting(path, after, Date.now()))
  terminal.say(`${client.title} now uses ${target.url}. To undo it:`)
  for (const { file, copy } of written) {
    terminal.say(copy === undefined ? `  rm '${file}'` : `  mv '${copy}' '${file}'`)
  }
  const note = spec.note?.(target)
  if (note !== undefined) terminal.say(note)
}

function requireSetup(name: string, title: string): SetupSpec {
  const spec = SETUPS.find(({ client }) => client === name)
  if (spec) return spec
  throw new ExitError(
    EXIT.failed,
    `${title}: there is no settings file for this; put what \`jetway env --for ${name}\` prints where your shell starts`,
  )
}

async function changeOf({ path, change }: SettingFile): Promise<Change> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw new ExitError(EXIT.failed, `${path} cannot be read: ${error.message}`, { cause: error })
  })
  try {
    return { path, before: text ?? '', after: change(text) }
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new ExitError(EXIT.failed, `${path}: ${reason}`, { cause })
  }
}

function masked(key: string): string {
  return `${key.slice(0, 3)}…${key.slice(-4)}`
}
