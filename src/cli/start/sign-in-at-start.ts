import { OWN_SEAT } from '../../core/call.ts'
import type { CopilotUpstream } from '../../copilot/index.ts'
import type { Settings } from '../../core/settings.ts'
import type { CommandContext } from '../command.ts'
import { copySequence } from '../sign-in/clipboard.ts'
import { signInLine } from '../sign-in/sign-in-line.ts'

/**
 * Says how to sign in when nobody is, and, at a terminal, runs one device flow beside the gateway. Calls are answered
 * meanwhile, with the page and the code to use.
 */
export async function signInAtStart(
  copilot: CopilotUpstream,
  settings: Settings,
  { terminal, environment, signal }: CommandContext,
): Promise<void> {
  if (!usesCopilot(settings)) return
  const status = await copilot.status(OWN_SEAT, signal, { offline: true })
  if (status.signedIn) return
  if (status.problem && status.problem.code !== 'not_signed_in') {
    terminal.warn(`${terminal.paint.yellow('warning:')} ${status.problem.message}`)
    return
  }
  if (!terminal.interactive) {
    terminal.warn(
      'Not signed in to GitHub Copilot: run `jetway login`. Calls get a 401 until then.',
    )
    return
  }
  try {
    await copilot.signIn({
      signal,
      onCode: ({ verificationUri, userCode }) => {
        terminal.warn(signInLine(verificationUri, userCode))
        terminal.control(copySequence(userCode, environment))
      },
    })
    terminal.say(terminal.paint.green('Signed in.'))
  } catch (error) {
    if (signal.aborted) return
    const reason = error instanceof Error ? error.message : String(error)
    terminal.warn(`The sign-in failed: ${reason} Run \`jetway login\` to try again.`)
  }
}

function usesCopilot({ deployments }: Settings): boolean {
  return (
    deployments.length === 0 || deployments.some(({ provider }) => provider === 'github_copilot')
  )
}
