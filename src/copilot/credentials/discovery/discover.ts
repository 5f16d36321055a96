import { join } from 'node:path'
import type { Environment } from '../../environment.ts'
import { homeOf, variable } from '../../environment.ts'
import { litellmFolder } from '../../files/locations.ts'
import type { Credential, SkippedSource } from '../credential.ts'
import { findCopilotApi } from './copilot-api.ts'
import { findEditorDatabase } from './editor-database.ts'
import { findEditorApps, findEditorHosts } from './editor-files.ts'
import type { Found, Machine } from './foreign-file.ts'
import { findLitellm } from './litellm.ts'
import { findOpencode } from './opencode.ts'

export interface Discovery {
  readonly credential: Credential | undefined
  readonly skipped: readonly SkippedSource[]
}

const NOTHING: Discovery = { credential: undefined, skipped: [] }

/** Another tool's sign-in on this machine: read, never written. `JETWAY_DISCOVERY=off` stops it. */
export async function discover(
  environment: Environment,
  host: string,
  ownFolder: string,
): Promise<Discovery> {
  const setting = variable(environment, 'JETWAY_DISCOVERY')?.toLowerCase()
  if (setting !== undefined && ['off', '0', 'false', 'no'].includes(setting)) return NOTHING
  const machine = machineOf(environment, host)
  const skipped: SkippedSource[] = []
  const finders: readonly ((machine: Machine) => Promise<Found>)[] = [
    ...(ownFolder === litellmFolder(environment) ? [] : [findLitellm]),
    findEditorApps,
    findEditorHosts,
    findEditorDatabase,
    findCopilotApi,
    findOpencode,
  ]
  for (const find of finders) {
    const found = await find(machine)
    if (found === undefined) continue
    if ('credential' in found) return { credential: found.credential, skipped }
    skipped.push({ place: found.place, reason: found.skipped })
  }
  return { credential: undefined, skipped }
}

function machineOf(environment: Environment, host: string): Machine {
  const home = homeOf(environment)
  return {
    home,
    host,
    configHome: variable(environment, 'XDG_CONFIG_HOME') ?? join(home, '.config'),
    dataHome: variable(environment, 'XDG_DATA_HOME') ?? join(home, '.local', 'share'),
    localAppData: variable(environment, 'LOCALAPPDATA'),
  }
}
