import { JetwayError } from '../../core/errors.ts'
import type { CommandContext, CommandInput } from '../command.ts'
import { EXIT, ExitError } from '../exit-codes.ts'
import { findLocalGateway, gatewayOption } from '../gateway/local-gateway.ts'
import { OPEN_KEY } from '../launch/client-key.ts'
import { readModels } from '../launch/read-models.ts'
import { KEY_VARIABLE } from './agents.ts'
import type { ClientSpec, ClientTarget } from './client.ts'
import { lastingFolder } from './private-folder.ts'

export interface FoundTarget extends ClientTarget {
  /** The person has no key of an own, since the gateway is open. */
  readonly open: boolean
}

/**
 * What a client is pointed at for good: the gateway as it is configured, and the person's own key. It need not run; one that does, and
 * takes no such key, is heard now and not by the client later.
 */
export async function findTarget(
  client: ClientSpec,
  context: CommandContext,
  input: CommandInput,
): Promise<FoundTarget> {
  const named = gatewayOption(input)
  const local = named === undefined ? await findLocalGateway(context, input) : undefined
  const url = named ?? local?.url ?? ''
  const given = context.environment[KEY_VARIABLE]
  const own = given === undefined || given === '' ? undefined : given
  if (
    own === undefined &&
    (named !== undefined || local?.settings.gateway.masterKey !== undefined)
  ) {
    throw wantsKey(url, client)
  }
  const key = own ?? OPEN_KEY
  const model = input.options.get('model')
  return {
    url,
    key,
    open: own === undefined,
    model: typeof model === 'string' ? model : undefined,
    models: await modelsIfRunning(url, key, context, (cause) =>
      own === undefined ? wantsKey(url, client, cause) : refusesKey(url, cause),
    ),
    folder: lastingFolder(client.name, context.environment),
  }
}

/** Its codes for a key, unlike those for a seat behind it that is not signed in. */
const KEY_CODES: ReadonlySet<string> = new Set([
  'missing_key',
  'invalid_key',
  'missing_api_key',
  'invalid_api_key',
  'key_expired',
  'key_blocked',
  'key_owner_deleted',
])

function wantsKey(url: string, { name }: ClientSpec, cause?: JetwayError): ExitError {
  return new ExitError(
    EXIT.signIn,
    `${url} wants a key, and a client should have one of its own: make it with \`jetway keys create --alias ${name}\` and put it into ${KEY_VARIABLE}`,
    { cause },
  )
}

function refusesKey(url: string, cause: JetwayError): ExitError {
  return new ExitError(
    EXIT.signIn,
    `${url} does not take the key in ${KEY_VARIABLE}: ${cause.message}`,
    { cause },
  )
}

/** Without the list the client's usual model is named. */
async function modelsIfRunning(
  url: string,
  key: string,
  context: CommandContext,
  refusal: (cause: JetwayError) => ExitError,
): Promise<readonly string[]> {
  try {
    return await readModels(url, key, context)
  } catch (error) {
    context.signal.throwIfAborted()
    if (error instanceof JetwayError && KEY_CODES.has(error.code ?? '')) throw refusal(error)
    const reason = error instanceof Error ? error.message : String(error)
    if (!(error instanceof JetwayError || error instanceof ExitError)) throw error
    context.terminal.say(`Which models there are is not known: ${reason}`)
    return []
  }
}
