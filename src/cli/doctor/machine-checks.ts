import { constants, existsSync } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { tokenLocations } from '../../copilot/files/locations.ts'
import { dataFolder } from '../../store/data-folder.ts'
import { openDatabase } from '../../store/database/open.ts'
import type { Finding, Patient } from './finding.ts'
import { good, problem, reasonOf, unknown, warning } from './finding.ts'

const OLDEST_NODE = [20, 19] as const

export function checkNode(version: string = process.versions.node): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const [oldMajor, oldMinor] = OLDEST_NODE
  const enough = major > oldMajor || (major === oldMajor && minor >= oldMinor)
  return enough
    ? good('node', `Node.js ${version}`)
    : problem(
        'node',
        `Node.js ${version} is too old`,
        `install Node.js ${oldMajor}.${oldMinor} or newer`,
      )
}

export async function checkSqlite(): Promise<Finding> {
  const database = await openDatabase(':memory:')
  try {
    await database.query.introspection.getTables()
    return good('sqlite', 'keys, budgets and the ledger can be kept without a server')
  } catch (error) {
    return warning('sqlite', reasonOf(error), 'or set DATABASE_URL to a PostgreSQL server')
  } finally {
    await database.close()
  }
}

export async function checkDataFolder({ environment }: Patient): Promise<Finding> {
  const folder = dataFolder(environment)
  let existing = folder
  while (!existsSync(existing) && dirname(existing) !== existing) existing = dirname(existing)
  try {
    if (!(await stat(existing)).isDirectory()) {
      return problem('data folder', `${existing} is no folder`, 'set JETWAY_DATA_DIR to one')
    }
    await access(existing, constants.W_OK)
    return good('data folder', existing === folder ? folder : `${folder}, made at the first start`)
  } catch (error) {
    return problem(
      'data folder',
      `${existing} cannot be written: ${reasonOf(error)}`,
      'set JETWAY_DATA_DIR to a folder of your own, or change its owner',
    )
  }
}

/** Where secrets lie, and how open they may be. */
export async function checkModes({ environment, local }: Patient): Promise<Finding> {
  if (process.platform === 'win32') return unknown('file modes', 'Windows has none of these')
  const folder = dataFolder(environment)
  const signIn = tokenLocations(environment)
  const files = [
    folder,
    join(folder, 'jetway.db'),
    join(folder, 'seal.key'),
    signIn.folder,
    signIn.accessToken,
    signIn.apiKey,
    ...(local?.config !== undefined && local.settings.gateway.masterKey ? [local.config] : []),
  ]
  const open: string[] = []
  for (const file of files) {
    const found = await stat(file).catch(() => undefined)
    if (found && (found.mode & 0o077) !== 0 && isSecretPlace(file, found.isDirectory()))
      open.push(file)
  }
  if (open.length === 0) return good('file modes', 'nobody else can read what is secret')
  return warning('file modes', `others can read ${open.join(', ')}`, `chmod go= ${open.join(' ')}`)
}

/** A folder of many things, such as a home, is not ours to close. */
function isSecretPlace(file: string, isFolder: boolean): boolean {
  return !isFolder || /jetway|copilot|litellm/i.test(file)
}
