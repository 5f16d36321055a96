import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, isAbsolute, join } from 'node:path'

/** Where a command stands, as a shell finds it; `undefined` when it does not. */
export function findCommand(
  name: string,
  environment: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform = process.platform,
): string | undefined {
  const windows = platform === 'win32'
  const path = environment['PATH'] ?? environment['Path'] ?? ''
  const endings = windows ? (environment['PATHEXT'] ?? '.EXE;.CMD;.BAT').split(';') : ['']
  for (const folder of path.split(windows ? ';' : delimiter)) {
    // An empty or relative part would run what lies in the folder one happens to be in.
    if (!isAbsolute(folder)) continue
    for (const ending of endings) {
      const file = join(folder, `${name}${ending.toLowerCase()}`)
      if (isExecutable(file)) return file
    }
  }
  return undefined
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return statSync(file).isFile()
  } catch {
    return false
  }
}
