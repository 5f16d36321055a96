import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { build } from 'esbuild'
import { findSealKeys } from './seal-keys.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'jetway-keychain-'))
})
afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

const there = (name: string): boolean =>
  spawnSync('sh', ['-c', `command -v ${name}`], { stdio: 'ignore' }).status === 0
const hasKeyring = ['dbus-run-session', 'gnome-keyring-daemon', 'secret-tool'].every(there)

/** A process of its own, which prints the key it found; as many as are asked for, started together. */
const PROGRAM = `
import { findSealKeys } from ${JSON.stringify(join(import.meta.dirname, 'seal-keys.ts'))}
const keys = Array.from({ length: Number(process.argv[2]) }, () =>
  findSealKeys({
    environment: { ...process.env, JETWAY_SEAL_KEY: 'keychain' },
    dataFolder: process.env.FOLDER,
    shared: true,
  }),
)
console.log(JSON.stringify(await Promise.all(keys)))
`

describe('the keychain of a Linux desktop', () => {
  test.skipIf(!hasKeyring)(
    'keeps one key for all who ask, also for those who start together',
    async () => {
      const program = join(folder, 'program.mjs')
      await build({
        stdin: { contents: PROGRAM, resolveDir: import.meta.dirname, loader: 'ts' },
        bundle: true,
        platform: 'node',
        format: 'esm',
        outfile: program,
        logLevel: 'warning',
      })
      const session = `
        printf pass | gnome-keyring-daemon --unlock --components=secrets > /dev/null 2>&1
        ${process.execPath} ${program} 4
        ${process.execPath} ${program} 1
        secret-tool lookup service jetway account seal-key`
      const { stdout } = spawnSync('dbus-run-session', ['--', 'sh', '-c', session], {
        encoding: 'utf8',
        timeout: 50_000,
        env: { PATH: process.env['PATH'], HOME: folder, XDG_DATA_HOME: folder, FOLDER: folder },
      })
      const [together = '[]', later = '[]', kept = ''] = stdout.trim().split('\n')
      expect(Buffer.from(kept, 'base64')).toHaveLength(32)
      expect(JSON.parse(together)).toEqual([kept, kept, kept, kept])
      expect(JSON.parse(later)).toEqual([kept])
    },
    60_000,
  )

  test('that is not there, or does not answer, is an error and no new key', async () => {
    const environment = { JETWAY_SEAL_KEY: 'keychain', PATH: folder }
    const find = () =>
      findSealKeys({ environment, dataFolder: folder, shared: true, platform: 'linux' })
    await expect(find()).rejects.toThrow('secret-tool cannot read a key here')
    const calls = fake('secret-tool', 'echo "secret-tool: Cannot autolaunch D-Bus" >&2; exit 1')
    await expect(find()).rejects.toThrow('secret-tool cannot read a key here')
    expect(calls()).toEqual(['lookup service jetway account seal-key'])
  })
})

/**
 * Not tried on a Mac: a program of that name that keeps what it is given in a file, to see that the words, and what goes over
 * stdin, are those of security(1).
 */
describe('the keychain of macOS', () => {
  const find = () =>
    findSealKeys({
      environment: { JETWAY_SEAL_KEY: 'keychain', PATH: `${folder}:${process.env['PATH'] ?? ''}` },
      dataFolder: folder,
      shared: true,
      platform: 'darwin',
    })

  test('is asked, given a key over stdin, and asked again', async () => {
    const calls = fake(
      'security',
      `case "$1" in
        -i) read -r line; echo "$line" | sed 's/.*-w "\\(.*\\)"/\\1/' > ${folder}/item;;
        find-generic-password) cat ${folder}/item 2>/dev/null || exit 44;;
        *) exit 2;;
      esac`,
    )
    const key = await find()
    expect(Buffer.from(key ?? '', 'base64')).toHaveLength(32)
    expect(await find()).toBe(key)
    expect(calls()).toEqual([
      'find-generic-password -s jetway -a seal-key -w',
      'find-generic-password -s jetway -a seal-key -w',
      '-i',
      'find-generic-password -s jetway -a seal-key -w',
      'find-generic-password -s jetway -a seal-key -w',
    ])
    expect(calls().join(' ')).not.toContain(key)
  })

  test('that is locked is an error and no new key', async () => {
    // errSecInteractionNotAllowed
    const calls = fake('security', 'exit 36')
    await expect(find()).rejects.toThrow('security cannot read a key here')
    expect(calls()).toEqual(['find-generic-password -s jetway -a seal-key -w'])
  })
})

/** Writes down the words it is called with. */
function fake(name: string, script: string): () => readonly string[] {
  const log = join(folder, 'calls')
  writeFileSync(join(folder, name), `#!/bin/sh\necho "$@" >> ${log}\n${script}\n`)
  chmodSync(join(folder, name), 0o755)
  return () => readFileSync(log, 'utf8').trim().split('\n')
}
