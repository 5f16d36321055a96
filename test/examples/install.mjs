// Installs what the examples need beyond this project's own dependencies, into `.cache/examples` (not committed):
//
//   node test/examples/install.mjs
//
// LangChain for npm; the Python packages are those of `test/clients/install.mjs python`. Versions are pinned, install scripts
// stay off. @langchain/openai is the last line of versions that runs on Node 20.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const tests = join(dirname(fileURLToPath(import.meta.url)), '..')
const folder = join(tests, '..', '.cache', 'examples')
const PACKAGES = { '@langchain/openai': '1.2.3', '@langchain/core': '1.1.16' }

installNpm()
execFileSync(process.execPath, [join(tests, 'clients', 'install.mjs'), 'python'], {
  stdio: ['ignore', 2, 2],
})

function installNpm() {
  const stamp = join(folder, 'installed.json')
  const pins = JSON.stringify(PACKAGES, null, 2)
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === pins) {
    console.error(`${folder}: up to date`)
    return
  }
  console.error(`installing into ${folder} …`)
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module' }))
  const packages = Object.entries(PACKAGES).map(([name, version]) => `${name}@${version}`)
  execFileSync('npm', ['install', '--no-save', '--ignore-scripts', ...packages], {
    cwd: folder,
    stdio: ['ignore', 2, 2],
  })
  writeFileSync(stamp, pins)
}
