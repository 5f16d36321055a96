import type { Environment } from '../environment.ts'
import { variable } from '../environment.ts'
import type { Credential } from './credential.ts'
import { credentialFromText } from './explicit.ts'

const NAMES = ['COPILOT_OAUTH_TOKEN', 'OAUTH_TOKEN', 'COPILOT_GITHUB_TOKEN'] as const

/** A GitHub token in the environment; of several, the first. */
export function credentialFromEnvironment(
  environment: Environment,
  host: string,
): Credential | undefined {
  for (const source of NAMES) {
    const text = variable(environment, source)
    if (text !== undefined) return credentialFromText(text, source, { source, host })
  }
  return undefined
}
