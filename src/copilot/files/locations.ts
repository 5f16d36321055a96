import { isAbsolute, join, resolve } from 'node:path'
import { configurationError, expandHome, homeOf, variable } from '../environment.ts'
import type { Environment } from '../environment.ts'

/** Where sign-in is stored. LiteLLM's folder and names, so that a sign-in made with either serves both. */
export interface TokenLocations {
  readonly folder: string
  /** The GitHub token, bare. */
  readonly accessToken: string
  /** The exchange's whole JSON. */
  readonly apiKey: string
}

export function litellmFolder(environment: Environment): string {
  return join(homeOf(environment), '.config', 'litellm', 'github_copilot')
}

export function tokenLocations(environment: Environment): TokenLocations {
  const configured = variable(environment, 'GITHUB_COPILOT_TOKEN_DIR')
  const folder =
    configured === undefined
      ? litellmFolder(environment)
      : resolve(expandHome(configured, environment))
  return {
    folder,
    accessToken: place(environment, folder, 'GITHUB_COPILOT_ACCESS_TOKEN_FILE', 'access-token'),
    apiKey: place(environment, folder, 'GITHUB_COPILOT_API_KEY_FILE', 'api-key.json'),
  }
}

function place(environment: Environment, folder: string, name: string, fallback: string): string {
  const configured = variable(environment, name)
  if (configured === undefined) return join(folder, fallback)
  const path = expandHome(configured, environment)
  if (path.endsWith('/') || path === '.' || path === '..') {
    throw configurationError(`${name} must be the name of a file, not of a folder: ${configured}`)
  }
  return isAbsolute(path) ? path : join(folder, path)
}
