import { setTimeout as delay } from 'node:timers/promises'
import { KEY_VARIABLE } from '../clients/agents.ts'
import type { CommandContext, CommandInput } from '../command.ts'
import { EXIT, ExitError, UsageError } from '../exit-codes.ts'
import { createGatewayClient } from '../gateway/gateway-client.ts'
import { findLocalGateway, gatewayOption } from '../gateway/local-gateway.ts'
import { takeSnapshot } from '../top/snapshot.ts'
import type { Snapshot } from '../top/snapshot.ts'
import { snapshotText } from '../top/snapshot-text.ts'

const ROWS = 15
const CLEAR = '\u001B[H\u001B[2J'

export async function run(context: CommandContext, input: CommandInput): Promise<void> {
  const { terminal, environment, signal } = context
  const { url, key } = await gatewayAndKey(context, input)
  const once = input.options.has('once')
  const asJson = input.options.has('json')
  const interval = readInterval(input)
  const client = createGatewayClient({ url, key, environment, signal })
  let before: Snapshot | undefined
  try {
    for (;;) {
      const now = await takeSnapshot(client, url, ROWS, Date.now()).catch((cause: unknown) => {
        if (cause instanceof Error && cause.name === 'APIConnectionError') {
          throw new ExitError(
            EXIT.unreachable,
            `no gateway answers at ${url}: start it with \`jetway start\`, or name it with --gateway`,
            { cause },
          )
        }
        throw cause
      })
      // In the text it stands by itself; whoever reads the object asked for what is not in it.
      if (asJson && now.ledger_problem !== undefined && !before) {
        terminal.warn(
          `${terminal.paint.yellow('warning:')} today's and single calls are not known: ${now.ledger_problem}`,
        )
      }
      const clear = !once && !asJson && terminal.outputIsTerminal ? CLEAR : ''
      await terminal.print(
        asJson
          ? `${JSON.stringify(now)}\n`
          : `${clear}${snapshotText(now, before, terminal.paint)}`,
      )
      if (once) return
      before = now
      await delay(interval, undefined, { signal })
    }
  } finally {
    await client.close()
  }
}

/** One's own key comes first; on this machine the master key of the configuration will do. */
async function gatewayAndKey(
  context: CommandContext,
  input: CommandInput,
): Promise<{ readonly url: string; readonly key: string | undefined }> {
  const own = context.environment[KEY_VARIABLE] || undefined
  const named = gatewayOption(input)
  if (named !== undefined) return { url: named, key: own }
  const { url, settings } = await findLocalGateway(context, input)
  return { url, key: own ?? settings.gateway.masterKey }
}

function readInterval({ options }: CommandInput): number {
  const text = options.get('interval')
  if (typeof text !== 'string') return 2000
  const seconds = Number(text)
  if (!(seconds >= 0.2 && seconds <= 3600)) {
    throw new UsageError("'--interval' must be between 0.2 and 3600 seconds")
  }
  return seconds * 1000
}
