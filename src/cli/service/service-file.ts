import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import type { CommandContext, CommandInput } from '../command.ts'
import { EXIT, ExitError } from '../exit-codes.ts'
import { readPort } from '../read-port.ts'
import { launchdAgent, systemdUnit } from './unit.ts'
import type { ServiceFile } from './unit.ts'

/** What this system's service manager is given; the command is started as it was started now. */
export function serviceFile(
  { environment }: Pick<CommandContext, 'environment'>,
  input: CommandInput,
  command: readonly string[],
  platform: NodeJS.Platform = process.platform,
): ServiceFile {
  const home = environment['HOME'] ?? homedir()
  const configFolder = environment['XDG_CONFIG_HOME'] || join(home, '.config')
  const config = input.options.get('config')
  const port = readPort(input)
  const start = {
    line: [
      ...command,
      'start',
      ...(typeof config === 'string' ? ['--config', resolve(config)] : []),
      ...(port === undefined ? [] : ['--port', String(port)]),
    ],
    environmentFile: join(configFolder, 'jetway', 'environment'),
    logFile: join(home, 'Library', 'Logs', 'jetway.log'),
  }
  if (platform === 'linux') {
    return systemdUnit(join(configFolder, 'systemd', 'user', 'jetway.service'), start)
  }
  if (platform === 'darwin') {
    return launchdAgent(join(home, 'Library', 'LaunchAgents', 'dev.jetway.gateway.plist'), start)
  }
  throw new ExitError(
    EXIT.failed,
    `there is no service for ${platform} here: have \`jetway start\` run at logon, with the Task Scheduler for instance`,
  )
}
