import { OWN_SEAT } from '../../core/call.ts'
import type { Status } from '../../copilot/index.ts'
import type { CommandContext, CommandInput } from '../command.ts'
import { EXIT, ExitError } from '../exit-codes.ts'
import { signInLine } from '../sign-in/sign-in-line.ts'
import { withSeat } from '../with-seat.ts'

export async function run(context: CommandContext, input: CommandInput): Promise<void> {
  const { terminal, signal } = context
  const status = await withSeat(context, (copilot) => copilot.status(OWN_SEAT, signal))
  await terminal.print(
    input.options.has('json') ? `${JSON.stringify(statusJson(status))}\n` : statusText(status),
  )
  if (status.problem) throw new ExitError(EXIT.signIn, status.problem.message)
  if (!status.signedIn) {
    throw new ExitError(EXIT.signIn, 'not signed in to GitHub Copilot; run `jetway login`')
  }
}

function statusJson(status: Status): object {
  const { source, kind, token, file, host, login, plan, sku, way, api, problem, skipped } = status
  return {
    signed_in: status.signedIn,
    login,
    plan,
    sku,
    source,
    file,
    credential: kind,
    token,
    way,
    host,
    api,
    expires_at: status.expiresAt,
    problem,
    skipped,
    pending: status.pendingSignIn && {
      verification_uri: status.pendingSignIn.verificationUri,
      user_code: status.pendingSignIn.userCode,
    },
  }
}

function statusText(status: Status): string {
  const { login, plan, sku, source, file, kind, token, way, api, expiresAt, pendingSignIn } = status
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['Signed in', status.signedIn ? (login ?? 'yes') : 'no'],
    ['Plan', plan && (sku ? `${plan} (${sku})` : plan)],
    ['Source', source && (file ? `${source}, ${file}` : source)],
    ['Credential', kind && `${kind} ${token ?? ''}`.trim()],
    ['Used', way],
    ['Calls go to', api],
    ['Runs out', expiresAt && `${expiresAt} (renewed by itself)`],
    ['Waiting', pendingSignIn && signInLine(pendingSignIn.verificationUri, pendingSignIn.userCode)],
  ]
  const shown = facts.filter((fact): fact is [string, string] => fact[1] !== undefined)
  const lines = shown.map(([name, value]) => `${`${name}:`.padEnd(13)}${value}\n`)
  const skipped = status.skipped.map(({ place, reason }) => `Not used:    ${place}: ${reason}\n`)
  return [...lines, ...skipped].join('')
}
