import { existsSync } from 'node:fs'
import { join } from 'node:path'

/** Where a configuration stands that no flag names. https://specifications.freedesktop.org/basedir-spec/ */
export function usualFile(
  environment: Readonly<Record<string, string | undefined>>,
): string | undefined {
  const home = environment['HOME'] ?? environment['USERPROFILE']
  const folder = environment['XDG_CONFIG_HOME'] ?? (home && join(home, '.config'))
  if (!folder) return undefined
  const file = join(folder, 'jetway', 'config.yaml')
  return existsSync(file) ? file : undefined
}
