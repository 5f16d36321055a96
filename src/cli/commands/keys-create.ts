import { NotFoundError } from '../../core/errors.ts'
import type { KeyAdministration } from '../../policy/index.ts'
import type { CommandContext, CommandInput, Terminal } from '../command.ts'
import { keyFieldsFrom } from '../keys/key-fields.ts'
import { textIn } from '../keys/text-in.ts'
import { ACTOR, withKeys } from '../store/with-keys.ts'

/** The key alone on stdout, so that `$(…)` and a pipe take it; all else is talk. */
export async function run(context: CommandContext, input: CommandInput): Promise<void> {
  const { terminal } = context
  const fields = keyFieldsFrom(input)
  const made = await withKeys(context, input, async (keys) => {
    if (fields.user_id) await ensureUser(keys, fields.user_id, terminal)
    if (fields.team_id) await ensureTeam(keys, fields.team_id, terminal)
    return keys.generateKey(fields, ACTOR)
  })
  if (input.options.has('json')) {
    await terminal.print(`${JSON.stringify(made)}\n`)
    return
  }
  await terminal.print(`${textIn(made, 'key')}\n`)
  const name = textIn(made, 'key_alias') || textIn(made, 'key_id')
  terminal.say(`The key ${name} is made. It is shown this once; only its hash is kept.`)
}

async function ensureUser(keys: KeyAdministration, id: string, terminal: Terminal): Promise<void> {
  if (await exists(() => keys.userInfo(id))) return
  await keys.createUser({ user_id: id }, ACTOR)
  terminal.say(`The user ${id} is new here, and made.`)
}

async function ensureTeam(keys: KeyAdministration, id: string, terminal: Terminal): Promise<void> {
  if (await exists(() => keys.teamInfo(id))) return
  await keys.createTeam({ team_id: id }, ACTOR)
  terminal.say(`The team ${id} is new here, and made.`)
}

async function exists(find: () => Promise<unknown>): Promise<boolean> {
  try {
    await find()
    return true
  } catch (error) {
    if (error instanceof NotFoundError) return false
    throw error
  }
}
