import { createEmulator } from '../../emulator/index.ts'
import type { CommandContext, CommandInput } from '../command.ts'
import { emulatorVariables } from '../emulator-environment.ts'
import { explainBinding } from '../explain-binding.ts'
import { readPort } from '../read-port.ts'
import { HUMAN_PACE } from '../start/demo.ts'
import { untilAborted } from '../until-aborted.ts'

export async function run(context: CommandContext, input: CommandInput): Promise<void> {
  const emulator = await createEmulator({ port: readPort(input) ?? 0, pace: HUMAN_PACE }).catch(
    (error: unknown) => {
      throw explainBinding(error)
    },
  )
  try {
    const variables = emulatorVariables(emulator)
    const { terminal } = context
    if (input.options.has('json')) {
      await terminal.print(`${JSON.stringify({ url: emulator.url, environment: variables })}\n`)
    } else {
      await terminal.print(`Emulator listening on ${emulator.url}\n`)
      terminal.say('It stands for github.com, api.github.com and the Copilot API. To use it:')
      for (const [name, value] of Object.entries(variables)) {
        terminal.say(`  export ${name}=${value}`)
      }
    }
    await untilAborted(context.signal)
  } finally {
    await emulator.close()
  }
}
