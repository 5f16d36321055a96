import { OWN_SEAT } from '../../core/call.ts'
import { systemClock } from '../../core/clock.ts'
import type { CopilotUpstream, PendingSignIn } from '../../copilot/index.ts'
import type { CommandContext, CommandInput } from '../command.ts'
import { EXIT, ExitError } from '../exit-codes.ts'
import { copySequence } from '../sign-in/clipboard.ts'
import { startCountdown } from '../sign-in/countdown.ts'
import { openBrowser } from '../sign-in/open-browser.ts'
import { signInLine } from '../sign-in/sign-in-line.ts'
import { withSeat } from '../with-seat.ts'

export async function run(context: CommandContext, input: CommandInput): Promise<void> {
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

function showCode(
  { verificationUri, userCode }: PendingSignIn,
  { terminal, environment }: CommandContext,
  { options }: CommandInput,
): void {
  // A warning's channel: the line must show also under `--quiet`, or nobody can sign in.
  terminal.warn(signInLine(verificationUri, userCode))
  if (!terminal.interactive) return
  if (!options.has('no-clipboard')) terminal.control(copySequence(userCode, environment))
  if (!options.has('no-browser')) openBrowser(verificationUri, process.platform, environment)
}
