// Turns a manifest into that of the image: no development dependencies, no scripts, and the drivers that are optional peers
// elsewhere as dependencies, at the versions this project is tested with.
//
//   node production-manifest.mjs package.json
import { readFileSync, writeFileSync } from 'node:fs'

const DRIVERS = ['pg', '@redis/client']

const [file] = process.argv.slice(2)
if (!file) throw new Error('name the package.json to change')
const manifest = JSON.parse(readFileSync(file, 'utf8'))
const { devDependencies, scripts, peerDependencies, peerDependenciesMeta, ...kept } = manifest
for (const name of DRIVERS) {
  const version = devDependencies[name]
  if (!version) throw new Error(`${name} is no development dependency any more: name its version`)
  kept.dependencies[name] = version
}
writeFileSync(file, `${JSON.stringify(kept, null, 2)}\n`)
