import { build } from 'esbuild'
import type { Metafile } from 'esbuild'
import { describe, expect, test } from 'vitest'

/** Every file that loading this entry point reads before anything is called. */
async function readAtImport(entry: string): Promise<{ inputs: string[]; packages: string[] }> {
  const { metafile } = await build({
    entryPoints: [entry],
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    outdir: 'out',
    write: false,
    metafile: true,
    packages: 'external',
    logLevel: 'silent',
  })
  const first = Object.keys(metafile.outputs).find(
    (name) => metafile.outputs[name]?.entryPoint === entry,
  )
  const chunks = first === undefined ? [] : chunksOf(metafile, first, new Set())
  const outputs = chunks.flatMap((name) => metafile.outputs[name] ?? [])
  return {
    inputs: outputs.flatMap(({ inputs }) => Object.keys(inputs)),
    packages: outputs.flatMap(({ imports }) =>
      imports.flatMap(({ path, external }) =>
        external && !path.startsWith('node:') ? [path] : [],
      ),
    ),
  }
}

function chunksOf(metafile: Metafile, name: string, seen: Set<string>): string[] {
  if (seen.has(name)) return []
  seen.add(name)
  const imports = metafile.outputs[name]?.imports ?? []
  const below = imports.filter(({ kind, external }) => kind === 'import-statement' && !external)
  return [name, ...below.flatMap(({ path }) => chunksOf(metafile, path, seen))]
}

describe('loading the package', () => {
  const entries = ['src/index.ts', 'src/ai-sdk/index.ts']
  test.each(entries)('%s reads no room but its own and the words', async (entry) => {
    const { inputs, packages } = await readAtImport(entry)
    expect(inputs).toContain(entry)
    const rooms = new Set(inputs.map((path) => path.split('/')[1]))
    expect([...rooms].filter((room) => !ALLOWED.has(room ?? ''))).toEqual([])
    expect(inputs.filter((path) => path.includes('dialects'))).toEqual(
      inputs.filter((path) => path.startsWith('src/dialects/sse/')),
    )
    expect(packages).toEqual([])
  })

  test('the command reads one file before it knows what is wanted', async () => {
    const { inputs, packages } = await readAtImport('src/cli/main.ts')
    expect(inputs).toEqual(['src/cli/main.ts'])
    expect(packages).toEqual([])
  })
})

const ALLOWED: ReadonlySet<string> = new Set(['index.ts', 'ai-sdk', 'sdk', 'core', 'dialects'])
