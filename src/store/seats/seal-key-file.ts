import { randomUUID } from 'node:crypto'
import { link, mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createSealKey } from '../../policy/seats/seal.ts'

const FILE = 'seal.key'

/**
 * The key in the data folder, made when there is none; `undefined` where the folder cannot be written.
 *
 * Workers start together and all look for it: it comes into being whole, under its name, or not at all.
 */
export async function findKeyFile(folder: string): Promise<string | undefined> {
  const path = join(folder, FILE)
  const found = await readFile(path, 'utf8').catch(() => undefined)
  if (found !== undefined) return found.trim()
  const draft = `${path}.${randomUUID()}`
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    await writeDraft(draft, createSealKey())
    await giveName(draft, path)
    // What is there counts: another process may have been faster.
    return (await readFile(path, 'utf8')).trim()
  } catch {
    return undefined
  } finally {
    await rm(draft, { force: true }).catch(() => undefined)
  }
}

async function writeDraft(path: string, key: string): Promise<void> {
  const file = await open(path, 'wx', 0o600)
  try {
    await file.writeFile(`${key}\n`)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** A link never replaces; `rename` does, and serves only where a file system (exFAT, some network shares) knows no links. */
async function giveName(draft: string, path: string): Promise<void> {
  try {
    await link(draft, path)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST') return
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'ENOSYS') throw error
    await rename(draft, path)
  }
}
