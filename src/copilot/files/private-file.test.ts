import {
  chmod,
  mkdir,
  mkdtemp,
  readFile,
  readdir,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  closeFolder,
  readPrivateFile,
  removePrivateFile,
  writePrivateFile,
} from './private-file.ts'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jetway-file-'))
})
afterEach(async () => {
  await rm(folder, { recursive: true, force: true })
})

const modeOf = async (path: string): Promise<number> => (await stat(path)).mode & 0o777

describe('a private file', () => {
  test('is written whole, for its owner alone, in a folder for its owner alone', async () => {
    const path = join(folder, 'a', 'b', 'token')
    await writePrivateFile(path, 'one')
    await writePrivateFile(path, 'two')
    expect(await readFile(path, 'utf8')).toBe('two')
    expect(await modeOf(path)).toBe(0o600)
    expect(await modeOf(join(folder, 'a', 'b'))).toBe(0o700)
    expect(await readdir(join(folder, 'a', 'b'))).toEqual(['token'])
  })

  test('that cannot be written leaves no piece of itself', async () => {
    const path = join(folder, 'taken')
    await mkdir(path)
    await writeFile(join(path, 'x'), '')
    await expect(writePrivateFile(path, 'secret')).rejects.toThrow(/EISDIR|ENOTEMPTY|EEXIST/)
    expect(await readdir(folder)).toEqual(['taken'])
  })

  test('that is a link is refused, and a write replaces the link, not what it points to', async () => {
    const target = join(folder, 'target')
    const path = join(folder, 'token')
    await writeFile(target, 'other')
    await symlink(target, path)
    await expect(readPrivateFile(path)).rejects.toThrow(/symbolic link/)
    await writePrivateFile(path, 'mine')
    expect(await readFile(target, 'utf8')).toBe('other')
    expect((await readPrivateFile(path))?.text).toBe('mine')
  })

  test('that others may read is put right', async () => {
    const path = join(folder, 'token')
    await writeFile(path, 'secret')
    await chmod(path, 0o644)
    expect((await readPrivateFile(path))?.text).toBe('secret')
    expect(await modeOf(path)).toBe(0o600)
  })

  test('that is a folder, or far too large, is refused', async () => {
    await mkdir(join(folder, 'token'))
    await expect(readPrivateFile(join(folder, 'token'))).rejects.toThrow(/no regular file|EISDIR/)
    await writeFile(join(folder, 'big'), Buffer.alloc((1 << 20) + 1))
    await expect(readPrivateFile(join(folder, 'big'))).rejects.toThrow(/larger than/)
  })

  test('that is not there is nothing', async () => {
    expect(await readPrivateFile(join(folder, 'none'))).toBeUndefined()
    expect(await readPrivateFile(join(folder, 'none', 'deep'))).toBeUndefined()
    expect(await removePrivateFile(join(folder, 'none'))).toBe(false)
  })

  test('a folder others may list is closed, one that all share is left alone', async () => {
    await chmod(folder, 0o755)
    await closeFolder(folder)
    expect(await modeOf(folder)).toBe(0o700)
    await chmod(folder, 0o1777)
    await closeFolder(folder)
    expect(await modeOf(folder)).toBe(0o777)
  })
})
