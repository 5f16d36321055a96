import { readFile, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { mergeMaps } from './located.ts'
import type { LocatedMap } from './located.ts'
import { parseYaml } from './parse-yaml.ts'
import { ConfigError } from './problem.ts'
import type { Position } from './problem.ts'

const MAX_FILE_BYTES = 4 * 1024 * 1024
const MAX_FILES = 64

export interface ReadFiles {
  readonly root: LocatedMap
  /** Absolute, in the order they were read: what has to be watched. */
  readonly files: readonly string[]
}

/** Reads a file and what its `include` names, paths relative to the file that names them. Throws a `ConfigError`. */
export async function readConfigFiles(file: string): Promise<ReadFiles> {
  const files: string[] = []

  const read = async (
    path: string,
    shown: string,
    chain: readonly string[],
    namedAt: Position | undefined,
  ): Promise<LocatedMap> => {
    if (chain.includes(path)) {
      throw new ConfigError([{ message: `include: ${shown} includes itself`, at: namedAt }])
    }
    if (files.length >= MAX_FILES) {
      throw new ConfigError([{ message: `include: more than ${MAX_FILES} files`, at: namedAt }])
    }
    if (!files.includes(path)) files.push(path)
    const own = parseYaml(await readText(path, shown, namedAt), shown)
    let merged = withoutInclude(own)
    for (const { name, at } of includesOf(own)) {
      const included = resolve(dirname(path), name)
      const shownName = resolve(dirname(shown), name) === included ? name : included
      merged = mergeMaps(merged, await read(included, shownName, [...chain, path], at))
    }
    return merged
  }

  return { root: await read(resolve(file), file, [], undefined), files }
}

async function readText(path: string, shown: string, at: Position | undefined): Promise<string> {
  try {
    const { size } = await stat(path)
    if (size > MAX_FILE_BYTES) {
      throw new ConfigError([{ message: `${shown} is larger than 4 MiB`, at }])
    }
    return await readFile(path, 'utf8')
  } catch (error) {
    if (error instanceof ConfigError) throw error
    const code = (error as NodeJS.ErrnoException).code
    const why = WHY[code ?? ''] ?? `cannot be read (${code ?? 'unknown error'})`
    throw new ConfigError([{ message: `${shown} ${why}`, at }])
  }
}

const WHY: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  EACCES: 'may not be read by this user',
  EISDIR: 'is a folder, not a file',
}

function includesOf(root: LocatedMap): { readonly name: string; readonly at: Position }[] {
  const include = root.members.get('include')?.value
  if (!include || (include.kind === 'scalar' && include.value === null)) return []
  const items = include.kind === 'list' ? include.items : [include]
  return items.map((item) => {
    if (item.kind === 'scalar' && typeof item.value === 'string') {
      return { name: item.value, at: item.at }
    }
    throw new ConfigError([
      { message: 'include must be a file name or a list of them', at: item.at },
    ])
  })
}

function withoutInclude(root: LocatedMap): LocatedMap {
  const members = new Map(root.members)
  members.delete('include')
  return { ...root, members }
}
