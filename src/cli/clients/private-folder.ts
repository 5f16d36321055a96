import { chmod, mkdir, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { dataFolder } from '../../store/data-folder.ts'

/** Writes a client's files where only this person reads them: some hold a key. */
export async function writePrivateFiles(
  folder: string,
  files: Readonly<Record<string, string>>,
): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await chmod(folder, 0o700)
  for (const [name, content] of Object.entries(files)) {
    const file = join(folder, name)
    await mkdir(dirname(file), { recursive: true, mode: 0o700 })
    const fresh = `${file}.${process.pid}.new`
    await writeFile(fresh, content, { mode: 0o600 })
    await rename(fresh, file)
  }
}

/** A client's lasting folder, beside the gateway's data. */
export function lastingFolder(
  name: string,
  environment: Readonly<Record<string, string | undefined>>,
): string {
  return join(dataFolder(environment), 'clients', name)
}
