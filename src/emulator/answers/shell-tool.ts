import { asArray, asObject } from '../../core/json.ts'
import type { JsonObject } from '../../core/json.ts'
import type { ToolOffer } from '../prompts/prompt.ts'
import { instanceOf } from './instance.ts'

/** What agents call the tool that runs a command line. */
const SHELL_NAMES = [
  'bash',
  'shell',
  'shellcommand',
  'localshell',
  'execcommand',
  'runshellcommand',
  'runcommand',
  'runinterminal',
  'runterminalcommand',
  'runterminalcmd',
  'executecommand',
  'terminal',
  'exec',
  'powershell',
]

const COMMAND_NAMES = ['command', 'cmd', 'commandLine', 'command_line', 'script', 'code', 'input']

export interface ShellTool {
  readonly tool: ToolOffer
  argumentsFor(command: string): JsonObject
}

/** The client's shell tool and how to fill its arguments, whatever it is called. */
export function findShellTool(tools: readonly ToolOffer[]): ShellTool | undefined {
  for (const known of SHELL_NAMES) {
    for (const tool of tools) {
      if (tool.kind !== 'function' || plain(tool.name) !== known) continue
      const properties = asObject(tool.schema['properties']) ?? {}
      const name = COMMAND_NAMES.find((candidate) => properties[candidate] !== undefined)
      if (name === undefined) continue
      return { tool, argumentsFor: (command) => fill(tool.schema, properties, name, command) }
    }
  }
  return undefined
}

function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z]/g, '')
}

function fill(
  schema: JsonObject,
  properties: JsonObject,
  name: string,
  command: string,
): JsonObject {
  const property = asObject(properties[name]) ?? {}
  const listed = property['type'] === 'array' || asArray(property['type']).includes('array')
  const filled: JsonObject = { [name]: listed ? ['bash', '-lc', command] : command }
  for (const required of asArray(schema['required'])) {
    if (typeof required !== 'string' || filled[required] !== undefined) continue
    const wanted = asObject(properties[required]) ?? {}
    filled[required] = instanceOf(wanted, { title: 'Run the command', sentence: 'Run the command' })
  }
  return filled
}
