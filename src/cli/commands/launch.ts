import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ClientSpec, ClientTarget } from '../clients/client.ts'
import { findClient, LAUNCHABLE } from '../clients/clients.ts'
import { lastingFolder, writePrivateFiles } from '../clients/private-folder.ts'
import type { CommandContext, CommandInput } from '../command.ts'
import { EXIT, ExitError, ExitStatus } from '../exit-codes.ts'
import { acquireGateway } from '../launch/acquire-gateway.ts'
import { clientEnvironment } from '../launch/client-environment.ts'
import { clientKey } from '../launch/client-key.ts'
import { findCommand } from '../launch/find-command.ts'
import { readModels } from '../launch/read-models.ts'
import { runClient } from '../launch/run-client.ts'

export async function run(context: CommandContext, input: CommandInput): Promise<void> {
  const [word = '', ...words] = input.arguments
  const client = findClient(word, LAUNCHABLE)
  const file = requireInstalled(client, context)
  const gateway = await acquireGateway(context, input)
  let code: number
  try {
    const { key, revoke } = await clientKey(gateway, client.name, context)
    try {
      const models = await readModels(gateway.url, key, context)
      const model = input.options.get('model')
      code = await inPrivateFolder(client, context, async (folder) => {
        const target: ClientTarget = {
          url: gateway.url,
          key,
          model: typeof model === 'string' ? model : undefined,
          models,
          folder,
        }
        await writePrivateFiles(folder, client.files?.(target) ?? {})
        return runClient({
          file,
          words: [...(client.words?.(target) ?? []), ...words],
          environment: clientEnvironment(context.environment, client, target),
          signal: context.signal,
        })
      })
    } finally {
      await revoke()
    }
  } finally {
    await gateway.release()
  }
  if (code !== 0) throw new ExitStatus(code)
}

function requireInstalled(client: ClientSpec, { environment }: CommandContext): string {
  const { command = '', title, install } = client
  const file = findCommand(command, environment)
  if (file !== undefined) return file
  throw new ExitError(
    EXIT.failed,
    `${title} is not installed: there is no \`${command}\` in PATH. To install it: ${install}`,
  )
}

/** Of this start alone, unless the client lives in it. */
async function inPrivateFolder<T>(
  { name, keepsFolder }: ClientSpec,
  { environment }: CommandContext,
  use: (folder: string) => Promise<T>,
): Promise<T> {
  if (keepsFolder) return use(lastingFolder(name, environment))
  const folder = await mkdtemp(join(tmpdir(), `jetway-${name}-`))
  try {
    return await use(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
