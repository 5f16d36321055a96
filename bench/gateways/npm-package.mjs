/**
 * A peer from npm, in a folder of its own: pinned, its dependencies as they stood on one day, and no
 * install script run.
 *
 * @import { PrepareOptions } from '../types.ts'
 */

import { execFile } from 'node:child_process'
import { access, mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const DEPENDENCIES_AS_OF = '2026-11-21'

/**
 * @param {{ name: string, version: string, overrides?: Record<string, string> }} wanted
 * @param {PrepareOptions} options
 * @returns {Promise<string>} the package's folder
 */
export async function installedPackage(wanted, { cacheFolder, install, say }) {
  const { name, version, overrides = {} } = wanted
  const parts = [name, version, ...Object.entries(overrides).flat()]
  const home = path.join(cacheFolder, parts.join('-').replaceAll(/[@/]/g, '_'))
  const folder = path.join(home, 'node_modules', name)
  const isThere = await access(path.join(folder, 'package.json')).then(
    () => true,
    () => false,
  )
  if (isThere) return folder
  if (!install) throw new Error(`${name}@${version} is not installed, and --no-install was given`)
  say(`installing ${name}@${version} into ${home}`)
  await mkdir(home, { recursive: true })
  await writeFile(path.join(home, 'package.json'), JSON.stringify({ private: true, overrides }))
  const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--engine-strict=false']
  const before = `--before=${DEPENDENCIES_AS_OF}`
  await run('npm', ['install', ...flags, before, `${name}@${version}`], { cwd: home })
  return folder
}
