import { randomUUID } from 'node:crypto'
import { constants } from 'node:fs'
import { chmod, mkdir, open, rename, stat, unlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { AuthenticationError } from '../../core/errors.ts'

export interface PrivateFile {
  readonly text: string
  readonly modifiedMs: number
}

const MAX_BYTES = 1 << 20
// Absent on Windows, where a symbolic link needs a privilege to be made at all.
const NO_FOLLOW = constants.O_NOFOLLOW ?? 0

/**
 * Reads a secret that is ours. A link is refused: who can place one can make us read, and later write, elsewhere; so is a
 * file of another user (root's is fine: that is how secrets are mounted). A mode that lets others read is put right.
 */
export async function readPrivateFile(path: string): Promise<PrivateFile | undefined> {
  let file
  try {
    file = await open(path, constants.O_RDONLY | NO_FOLLOW)
  } catch (error) {
    switch (codeOf(error)) {
      case 'ENOENT':
      case 'ENOTDIR':
        return undefined
      case 'ELOOP':
      case 'EMLINK':
        throw unsafe(path, 'it is a symbolic link', 'put the file itself there')
      default:
        throw unsafe(path, `it cannot be opened (${codeOf(error)})`, 'correct its permissions')
    }
  }
  try {
    const found = await file.stat()
    const { uid, mode, size, mtimeMs } = found
    if (!found.isFile()) throw unsafe(path, 'it is no regular file', 'remove it')
    const self = process.getuid?.()
    if (self !== undefined && uid !== self && uid !== 0) {
      throw unsafe(path, `it belongs to another user (uid ${uid})`, 'remove it and sign in again')
    }
    if (size > MAX_BYTES) throw unsafe(path, `it is larger than ${MAX_BYTES} bytes`, 'remove it')
    if (uid === self && (mode & 0o077) !== 0) await file.chmod(0o600).catch(() => undefined)
    return { text: await file.readFile('utf8'), modifiedMs: mtimeMs }
  } finally {
    await file.close()
  }
}

/** Replaces the file whole or not at all: a reader sees the old or the new text, also after a power cut. */
export async function writePrivateFile(path: string, text: string): Promise<void> {
  const folder = dirname(path)
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const temporary = join(folder, `.${basename(path)}.${process.pid}.${randomUUID()}.tmp`)
  try {
    const file = await open(temporary, 'wx', 0o600)
    try {
      await file.writeFile(text)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, path)
  } catch (error) {
    await unlink(temporary).catch(() => undefined)
    throw error
  }
  await syncFolder(folder)
}

/** True when there was one. */
export async function removePrivateFile(path: string): Promise<boolean> {
  try {
    await unlink(path)
    return true
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return false
    throw error
  }
}

/** The folder that holds secrets is nobody else's to list. One that all share by design (sticky, as `/tmp`) is left alone. */
export async function closeFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const { mode } = await stat(folder)
  if ((mode & 0o077) === 0 || (mode & 0o1000) !== 0) return
  await chmod(folder, 0o700).catch(() => undefined)
}

export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
}

async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, constants.O_RDONLY)
    try {
      await handle.sync()
    } finally {
      await handle.close()
    }
  } catch {
    // Windows and some network file systems cannot sync a folder; the rename itself is done.
  }
}

function unsafe(path: string, why: string, remedy: string): AuthenticationError {
  return new AuthenticationError(`The token file ${path} is not used: ${why}; ${remedy}.`, {
    llm_provider: 'github_copilot',
    code: 'token_file_refused',
  })
}
