import { spawn } from 'node:child_process'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { askYes } from '../ask-yes.ts'
import type { CommandContext, CommandInput } from '../command.ts'
import { EXIT, ExitError } from '../exit-codes.ts'
import { findCommand } from '../launch/find-command.ts'
import { serviceFile } from '../service/service-file.ts'
import { diffText, lineDiff } from '../setup/line-diff.ts'

type Line = readonly [string, ...string[]]

export async function install(context: CommandContext, input: CommandInput): Promise<void> {
  const { terminal } = context
  const { path, text, enable } = serviceFile(context, input, ownCommand())
  const before = await readFile(path, 'utf8').catch(() => '')
  await terminal.print(`${terminal.paint.bold(path)}\n`)
  await terminal.print(
    before === '' ? text : diffText(lineDiff(before, text), terminal.paint) || 'as it is\n',
  )
  if (!(await askYes('Write this?', context, input))) {
    terminal.say('Nothing is changed.')
    return
  }
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, text, { mode: 0o644 })
  terminal.say(`Written. To undo it: jetway service uninstall`)
  if (input.options.has('no-start')) sayLines(enable, context)
  else await runLines(enable, context)
}

export async function uninstall(context: CommandContext, input: CommandInput): Promise<void> {
  const { terminal } = context
  const { path, disable } = serviceFile(context, input, ownCommand())
  const found = await readFile(path, 'utf8').catch(() => undefined)
  if (found === undefined) {
    terminal.say(`There is no service: ${path} is not there.`)
    return
  }
  if (!(await askYes(`Stop the service and remove ${path}?`, context, input))) {
    terminal.say('Nothing is changed.')
    return
  }
  await runLines(disable, context)
  await rm(path)
  terminal.say(`Removed ${path}. Data and sign-in stay.`)
}

/** The very Node and file that run now: a service has no PATH of a shell. */
function ownCommand(): readonly string[] {
  const [node, file] = process.argv
  if (node !== undefined && file !== undefined) return [node, file]
  throw new ExitError(EXIT.failed, 'it is not known how this command was started')
}

/** Where there is no manager (a container, say), what to run later is said. */
async function runLines(lines: readonly Line[], context: CommandContext): Promise<void> {
  const { terminal, environment } = context
  for (const [at, [name, ...words]] of lines.entries()) {
    const file = findCommand(name, environment)
    const failed = file === undefined ? `there is no ${name} here` : await runLine(file, words)
    if (failed !== undefined) {
      terminal.warn(`${terminal.paint.yellow('warning:')} ${failed}; run this where there is one:`)
      sayLines(lines.slice(at), context)
      return
    }
  }
}

function runLine(file: string, words: readonly string[]): Promise<string | undefined> {
  return new Promise((resolve) => {
    const child = spawn(file, words, { stdio: ['ignore', 'ignore', 'pipe'] })
    let said = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said = `${said}${text}`.slice(-500)
    })
    child.once('error', (error) => resolve(error.message))
    child.once('close', (code) => {
      resolve(code === 0 ? undefined : said.trim() || `${file} ended with ${code}`)
    })
  })
}

function sayLines(lines: readonly Line[], { terminal }: CommandContext): void {
  for (const line of lines) terminal.say(`  ${line.join(' ')}`)
}
