import { copyFile, mkdir, realpath, rename, stat, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'

export interface Written {
  readonly file: string
  /** Absent where there was no file before. */
  readonly copy: string | undefined
}

/** Keeps a copy of what was there, then puts the new text in its place whole. A link stays a link. */
export async function writeSetting(path: string, text: string, nowMs: number): Promise<Written> {
  const file = await realpath(path).catch(() => path)
  const mode = await stat(file).then(
    (found) => found.mode & 0o777,
    () => undefined,
  )
  const stamp = new Date(nowMs).toISOString().replaceAll(/[-:]|\.\d+/g, '')
  const copy = mode === undefined ? undefined : `${file}.before-jetway-${stamp}`
  if (copy === undefined) await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  else await copyFile(file, copy)
  const fresh = `${file}.${process.pid}.new`
  // It may hold a key now: nobody else reads it.
  await writeFile(fresh, text, { mode: 0o600 })
  await rename(fresh, file)
  return { file, copy }
}
