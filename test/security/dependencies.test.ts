import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { root } from '../support/require.ts'

interface Locked {
  readonly version?: string
  readonly integrity?: string
  readonly resolved?: string
  readonly hasInstallScript?: boolean
  readonly dev?: boolean
  readonly optional?: boolean
}

const read = (name: string): unknown => JSON.parse(readFileSync(join(root, name), 'utf8'))
const lock = read('package-lock.json') as { readonly packages: Record<string, Locked> }
const manifest = read('package.json') as {
  readonly dependencies: Record<string, string>
  readonly devDependencies: Record<string, string>
}
const EXACT = /^\d+\.\d+\.\d+$/
const all = Object.entries(lock.packages).filter(([path]) => path !== '')
const shipped = Object.entries(lock.packages).filter(([path, { dev }]) => path !== '' && !dev)

test('what we ship depends on few packages, each pinned to its version and its content', () => {
  expect(Object.values(manifest.dependencies).filter((version) => !EXACT.test(version))).toEqual([])
  expect(Object.keys(manifest.dependencies).length).toBeLessThanOrEqual(8)
  // Of all, since most of what we ship is compiled in and stands among the development dependencies.
  expect(all.filter(([, { integrity }]) => !integrity?.startsWith('sha512-'))).toEqual([])
  expect(Object.values(manifest.devDependencies).filter((version) => !EXACT.test(version))).toEqual(
    [],
  )
  expect(shipped.length).toBeLessThan(60)
})

test('none of them runs a script when it is installed, but the one that is left out where it cannot', () => {
  const scripts = shipped.filter(([, { hasInstallScript }]) => hasInstallScript)
  expect(
    scripts.every(
      ([path, { optional }]) => optional === true && path.endsWith('@photostructure/sqlite'),
    ),
  ).toBe(true)
})

test('CI asks the registry for known holes in what we ship and build with', () => {
  expect(readFileSync(join(root, '.ci/run'), 'utf8')).toMatch(/npm audit --audit-level=high/)
})
