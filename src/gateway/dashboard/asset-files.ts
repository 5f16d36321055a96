import { readdir, readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { brotliCompress, gzip } from 'node:zlib'

/** A built file and its smaller forms. */
export interface Asset {
  readonly contentType: string
  readonly plain: Buffer
  readonly gzip: Buffer
  readonly brotli: Buffer
}

export type Assets = ReadonlyMap<string, Asset>

const TYPES: ReadonlyMap<string, string> = new Map([
  ['.html', 'text/html; charset=utf-8'],
  ['.js', 'text/javascript; charset=utf-8'],
  ['.css', 'text/css; charset=utf-8'],
  ['.svg', 'image/svg+xml'],
])

/** Beside the built command, beside its chunks, or where a build of the source puts it. */
function usualFolders(): readonly string[] {
  return ['./dashboard/', '../dashboard/', '../../../dist/dashboard/'].map((path) =>
    fileURLToPath(new URL(path, import.meta.url)),
  )
}

/** Reads the built page into memory, some 200 KB; `undefined` when it was not built. */
export async function readAssets(folder?: string): Promise<Assets | undefined> {
  for (const candidate of folder === undefined ? usualFolders() : [folder]) {
    const names = await readdir(candidate).catch((): string[] => [])
    if (!names.includes('index.html')) continue
    const known = names.filter((name) => TYPES.has(extname(name)))
    const entries = known.map(async (name) => [name, await readAsset(candidate, name)] as const)
    return new Map(await Promise.all(entries))
  }
  return undefined
}

async function readAsset(folder: string, name: string): Promise<Asset> {
  const plain = await readFile(join(folder, name))
  const [gzipped, brotli] = await Promise.all([
    promisify(gzip)(plain),
    promisify(brotliCompress)(plain),
  ])
  return { contentType: TYPES.get(extname(name)) ?? '', plain, gzip: gzipped, brotli }
}
