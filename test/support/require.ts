import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
export const clients = join(root, '.cache', 'clients')

/**
 * Why a test that needs something from outside (a client, a server, a browser) cannot run on this machine, or `undefined`
 * when it can. On CI nothing may be missing: there a missing thing is a failure, not a skip.
 */
export function missing(path: string, howToInstall: string): string | undefined {
  if (existsSync(path)) return undefined
  const reason = `${path} is not there: ${howToInstall}`
  if (process.env['CI']) throw new Error(reason)
  return reason
}

export const pythonPath = join(clients, 'python', 'venv', 'bin', 'python')

export const aiderPath = join(clients, 'aider', 'venv', 'bin', 'aider')

export const npmClient = (name: string): string =>
  join(clients, 'node', 'node_modules', '.bin', name)

export const INSTALL_CLIENTS = 'run `npm run clients:install`'
