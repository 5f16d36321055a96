import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './require.ts'

/** Tests of the command and the package run `dist/`: build it when it is missing or older than the source. */
export default function setup(): void {
  const built = join(root, 'dist', 'jetway.js')
  if (existsSync(built) && statSync(built).mtimeMs >= newest(join(root, 'src'))) return
  execFileSync(process.execPath, [join(root, 'scripts', 'build.mjs')], {
    cwd: root,
    stdio: 'inherit',
  })
}

function newest(folder: string): number {
  let latest = 0
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    const time = entry.isDirectory()
      ? newest(path)
      : entry.name.endsWith('.test.ts')
        ? 0
        : statSync(path).mtimeMs
    if (time > latest) latest = time
  }
  return latest
}
