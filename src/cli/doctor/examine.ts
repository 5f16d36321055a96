import { OWN_SEAT } from '../../core/call.ts'
import { readProxies } from '../../transport/proxy-settings.ts'
import type { CommandContext, CommandInput } from '../command.ts'
import { EXIT, exitCodeOf } from '../exit-codes.ts'
import { withClient } from '../with-client.ts'
import { withSeat } from '../with-seat.ts'
import { checkCatalogue, checkQuota, checkSeat, checkSignIn } from './account-checks.ts'
import type { Finding, Patient } from './finding.ts'
import { problem, reasonOf, unknown } from './finding.ts'
import { checkClients, checkConfig, checkPort, checkStore } from './gateway-checks.ts'
import { checkDataFolder, checkModes, checkNode, checkSqlite } from './machine-checks.ts'
import { checkNetwork } from './network-checks.ts'
import { checkProxy } from './proxy-checks.ts'
import { checkStops } from './stop-checks.ts'

/** Every check, in the order in which one would look; one that fails by itself is a finding, too. */
export async function examine(
  context: CommandContext,
  input: CommandInput,
): Promise<readonly Finding[]> {
  // Nobody is asked to sign in here, and rooms' warnings are among the findings.
  const quiet: CommandContext = {
    ...context,
    terminal: { ...context.terminal, interactive: false, warn: () => {}, say: () => {} },
  }
  const { environment, signal, version } = context
  const { findings, local } = await checkConfig({ environment, signal, version }, input)
  const patient: Patient = { environment, signal, version, local }
  // Before the sign-in is read: reading closes what stands open.
  const modes = await checkModes(patient)
  const proxy = await checkProxy(patient)
  const [network, signedIn, account] =
    proxy.state === 'problem' && isUnusable(environment)
      ? [[unknown('github', 'it needs the proxy')], [unknown('sign-in', 'it needs the proxy')], []]
      : [await checkNetwork(patient), ...(await checkPerson(quiet))]
  const all: (readonly Finding[])[] = [
    [checkNode(), await checkSqlite(), await checkDataFolder(patient)],
    [modes],
    findings,
    [await attempt('port', () => checkPort(patient))],
    [await attempt('store', () => checkStore(patient, input))],
    [await attempt('stops', () => checkStops(patient, input))].flat(),
    [proxy],
    network,
    signedIn,
    account.length === 0 ? [unknown('catalogue', 'it needs a seat')] : account,
    await checkClients(patient),
  ]
  return all.flat()
}

/** Sign-in and seat, and what the seat has. */
async function checkPerson(
  context: CommandContext,
): Promise<readonly [readonly Finding[], readonly Finding[]]> {
  const status = await withSeat(context, (copilot) => copilot.status(OWN_SEAT, context.signal))
  const account = status.signedIn && !status.problem ? await checkAccount(context) : []
  return [[...checkSignIn(status), checkSeat(status)], account]
}

/** An address that is none: nothing could even be tried. */
function isUnusable(environment: Patient['environment']): boolean {
  try {
    readProxies(environment)
    return false
  } catch {
    return true
  }
}

async function checkAccount(context: CommandContext): Promise<readonly Finding[]> {
  const { signal } = context
  return withClient(context, async (client) => {
    const catalogue = await attempt('catalogue', async () =>
      checkCatalogue(await client.listModels({ signal })),
    )
    const quota = await attempt('quota', async () => checkQuota(await client.getQuota({ signal })))
    return [catalogue, quota].flat()
  })
}

async function attempt<Found extends Finding | readonly Finding[]>(
  check: string,
  look: () => Promise<Found>,
): Promise<Found | Finding> {
  try {
    return await look()
  } catch (error) {
    const code = exitCodeOf(error)
    return problem(check, reasonOf(error), MENDS[code] ?? 'see the line above it', code)
  }
}

const MENDS: Readonly<Record<number, string>> = {
  [EXIT.signIn]: 'run `jetway login`, and look at https://github.com/settings/copilot',
  [EXIT.configuration]: 'mend that setting',
  [EXIT.unreachable]: 'look at the network; it may pass',
  [EXIT.limit]: 'wait until the limit returns',
}
