import { OWN_SEAT } from '../../core/call.ts'
import type { CommandContext, CommandInput } from '../command.ts'
import { withSeat } from '../with-seat.ts'

export async function run(context: CommandContext, input: CommandInput): Promise<void> {
  const { terminal, signal } = context
  await withSeat(context, async (copilot) => {
    const removed = await copilot.signOut()
    // Another source may still sign in: saying "signed out" then would be wrong.
    const { signedIn, source } = await copilot.status(OWN_SEAT, signal, { offline: true })
    if (input.options.has('json')) {
      const result = { removed, signed_in: signedIn, ...(signedIn ? { source } : {}) }
      await terminal.print(`${JSON.stringify(result)}\n`)
      return
    }
    terminal.say(
      removed.length === 0 ? 'There was no stored sign-in.' : 'The stored sign-in is removed.',
    )
    for (const file of removed) terminal.say(`  ${file}`)
    if (signedIn) terminal.warn(`Calls still use another credential: ${source}.`)
    terminal.say('To end it at GitHub as well: https://github.com/settings/applications')
  })
}
