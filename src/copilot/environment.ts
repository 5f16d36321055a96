import { homedir } from 'node:os'
import { JetwayError } from '../core/errors.ts'

/** The environment as a value, so that one process can hold several and tests need none. */
export type Environment = Readonly<Record<string, string | undefined>>

/** The variable's text, or `undefined` when it is unset or empty. */
export function variable(environment: Environment, name: string): string | undefined {
  const value = environment[name]?.trim()
  return value === '' ? undefined : value
}

export function homeOf(environment: Environment): string {
  return variable(environment, 'HOME') ?? variable(environment, 'USERPROFILE') ?? homedir()
}

/** Expands a leading `~` and `$HOME`, which shells leave alone inside quotes. */
export function expandHome(path: string, environment: Environment): string {
  const expanded = path.replace(/^~(?=$|[/\\])/, '$HOME')
  return expanded.replace(/^\$(?:HOME\b|\{HOME\})/, () => homeOf(environment))
}

/** A setting that cannot work: named before anything is sent. */
export function configurationError(message: string): JetwayError {
  return new JetwayError(message, {
    status: 500,
    llm_provider: 'github_copilot',
    code: 'invalid_configuration',
  })
}
