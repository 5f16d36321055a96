import { constants } from 'node:fs'
import { access, mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { ExtensionContext, GatewayExtensions } from '../../gateway/index.ts'
import { dataFolder } from '../../store/data-folder.ts'
import type { Terminal } from '../command.ts'
import { hubPort } from './workers.ts'

const IN_MEMORY = ':memory:'

/**
 * Keys, limits, budgets, seats and the ledger for the gateway. Where nothing can be written it serves all the same, keeps them
 * in memory and says so; where there is no SQLite either, it serves with the master key alone.
 */
export async function teamExtensions(
  context: ExtensionContext,
  terminal: Terminal,
  workers = 1,
): Promise<GatewayExtensions> {
  const { databaseUrl } = context.settings().gateway
  const { openTeams } = await import('../../gateway/admin/index.ts')
  const ownDatabase = databaseUrl !== undefined
  const problem = ownDatabase ? undefined : await folderProblem(dataFolder(context.environment))
  if (problem !== undefined) {
    terminal.warn(
      `${terminal.paint.yellow('warning:')} ${problem}: keys, budgets, seats and the ledger are kept in memory only and are gone when the gateway ends; set JETWAY_DATA_DIR to a folder that can be written`,
    )
  }
  try {
    const port = hubPort()
    return await openTeams(context, {
      ...(problem === undefined ? {} : { location: IN_MEMORY }),
      ...(port && { hub: { port, workers } }),
    })
  } catch (error) {
    if (ownDatabase || !isWithoutSqlite(error)) throw error
    terminal.warn(
      `${terminal.paint.yellow('warning:')} ${messageOf(error)}. Until then there are no virtual keys, budgets, seats of others and no ledger; the master key works.`,
    )
    return {}
  }
}

/** Why nothing can be kept there, or `undefined`. */
async function folderProblem(folder: string): Promise<string | undefined> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    await access(folder, constants.W_OK | constants.X_OK)
    return undefined
  } catch (error) {
    const { code } = await betterReason(folder, error)
    return `the data folder ${folder} cannot be written (${code ?? messageOf(error)})`
  }
}

/** A whole path that cannot be made fails with `ENOENT` on a read-only disk; the part of it that is there says why. */
async function betterReason(folder: string, error: unknown): Promise<NodeJS.ErrnoException> {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') return error as NodeJS.ErrnoException
  const parent = dirname(folder)
  try {
    await access(parent, constants.W_OK | constants.X_OK)
  } catch (inner) {
    return parent === folder ? (inner as NodeJS.ErrnoException) : betterReason(parent, inner)
  }
  return error as NodeJS.ErrnoException
}

function isWithoutSqlite(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('no SQLite here')
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
