import { OWN_SEAT } from '../../core/call.ts'
import { systemClock } from '../../core/clock.ts'
import type { CopilotUpstream } from '../../copilot/index.ts'
import type { CommandContext, CommandInput } from '../command.ts'
import { EXIT, ExitError } from '../exit-codes.ts'
import { gatewayOption } from '../gateway/local-gateway.ts'
import { startCountdown } from '../sign-in/countdown.ts'
import { showCode } from '../sign-in/show-code.ts'
import { withSeat } from '../with-seat.ts'

export async function run(context: CommandContext, input: CommandInput): Promise<void> {
  const gateway = gatewayOption(input)
  if (gateway !== undefined) {
    const { connectSeat } = await import('../sign-in/connect-seat.ts')
    await connectSeat(gateway, context, input)
    return
  }
  await withSeat(context, (copilot) =>
    input.options.has('json')
      ? loginForProgram(copilot, context)
      : loginForPerson(copilot, context, input),
  )
}

/** One JSON object a line: `code`, then `signed_in`. */
async function loginForProgram(
  copilot: CopilotUpstream,
  { terminal, signal }: CommandContext,
): Promise<void> {
  // The flow waits for its line: whoever reads it must have it before the polling starts to matter.
  let printed: Promise<void> = Promise.resolve()
  const { file } = await copilot.signIn({
    signal,
    onCode: ({ verificationUri, userCode, expiresAtMs }) => {
      const event = {
        event: 'code',
        verification_uri: verificationUri,
        user_code: userCode,
        expires_at: new Date(expiresAtMs).toISOString(),
      }
      printed = terminal.print(`${JSON.stringify(event)}\n`)
    },
  })
  await printed
  const { login, plan, problem } = await copilot.status(OWN_SEAT, signal)
  await terminal.print(`${JSON.stringify({ event: 'signed_in', login, plan, file, problem })}\n`)
  if (problem) throw new ExitError(EXIT.signIn, problem.message)
}

async function loginForPerson(
  copilot: CopilotUpstream,
  context: CommandContext,
  input: CommandInput,
): Promise<void> {
  const { terminal, signal } = context
  let stopCountdown = (): void => {}
  try {
    const { file } = await copilot.signIn({
      signal,
      onCode: (code) => {
        showCode(code, context, input)
        stopCountdown = startCountdown(terminal, systemClock, code.expiresAtMs)
      },
    })
    stopCountdown()
    if (file === undefined) {
      terminal.warn('The sign-in could not be stored: the next command will ask again.')
    }
  } finally {
    stopCountdown()
  }
  const { login, plan, problem, source } = await copilot.status(OWN_SEAT, signal)
  if (problem) throw new ExitError(EXIT.signIn, problem.message)
  const who = [login, plan && `plan ${plan}`].filter(Boolean).join(', ')
  terminal.say(terminal.paint.green(`Signed in${who === '' ? '' : ` as ${who}`}.`))
  if (source !== 'stored sign-in') {
    terminal.warn(
      `${source ?? 'Another credential'} comes first, so this sign-in is not the one used.`,
    )
  }
}
