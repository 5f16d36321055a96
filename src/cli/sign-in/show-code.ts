import type { CommandContext, CommandInput } from '../command.ts'
import { copySequence } from './clipboard.ts'
import { openBrowser } from './open-browser.ts'
import { signInLine } from './sign-in-line.ts'

export interface ShownCode {
  readonly verificationUri: string
  readonly userCode: string
}

/** The line with page and code; at a terminal also into the clipboard and a browser, unless told not to. */
export function showCode(
  { verificationUri, userCode }: ShownCode,
  { terminal, environment }: CommandContext,
  { options }: CommandInput,
): void {
  // A warning's channel: the line must show also under `--quiet`, or nobody can sign in.
  terminal.warn(signInLine(verificationUri, userCode))
  if (!terminal.interactive) return
  if (!options.has('no-clipboard')) terminal.control(copySequence(userCode, environment))
  if (!options.has('no-browser')) openBrowser(verificationUri, process.platform, environment)
}
