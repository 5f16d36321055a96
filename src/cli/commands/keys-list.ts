import type { JsonObject } from '../../core/json.ts'
import type { CommandContext, CommandInput } from '../command.ts'
import { keysTable } from '../keys/key-text.ts'
import { withKeys } from '../store/with-keys.ts'

const PAGE = 200

export async function run(context: CommandContext, input: CommandInput): Promise<void> {
  const { terminal } = context
  const userId = text(input, 'user')
  const teamId = text(input, 'team')
  const keys = await withKeys(context, input, async (administration) => {
    const all: JsonObject[] = []
    let cursor: string | undefined
    do {
      const page = await administration.listKeys({ userId, teamId, limit: PAGE, cursor })
      all.push(...(page['keys'] as JsonObject[]))
      const { next } = page
      cursor = typeof next === 'string' ? next : undefined
    } while (cursor !== undefined)
    return all
  })
  if (input.options.has('json')) {
    await terminal.print(`${JSON.stringify({ keys })}\n`)
    return
  }
  if (keys.length === 0) {
    terminal.say('There are no keys. `jetway keys create --alias NAME` makes one.')
    return
  }
  await terminal.print(keysTable(keys))
}

function text({ options }: CommandInput, name: string): string | undefined {
  const value = options.get(name)
  return typeof value === 'string' ? value : undefined
}
