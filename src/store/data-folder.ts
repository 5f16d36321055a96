import { homedir } from 'node:os'
import { join } from 'node:path'

type Environment = Readonly<Record<string, string | undefined>>

/** Where the gateway keeps its data: `JETWAY_DATA_DIR`, else the place that this system has for such. */
export function dataFolder(
  environment: Environment,
  platform: NodeJS.Platform = process.platform,
): string {
  const chosen = environment['JETWAY_DATA_DIR']
  const home = environment['HOME'] ?? homedir()
  if (chosen !== undefined && chosen !== '') return chosen.replace(/^(~|\$HOME)(?=$|[/\\])/, home)
  if (platform === 'win32') {
    return join(environment['LOCALAPPDATA'] ?? join(home, 'AppData', 'Local'), 'jetway')
  }
  if (platform === 'darwin') return join(home, 'Library', 'Application Support', 'jetway')
  return join(environment['XDG_DATA_HOME'] || join(home, '.local', 'share'), 'jetway')
}
