import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { root } from '../support/require.ts'

const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  readonly version: string
  readonly devDependencies: Readonly<Record<string, string>>
}

function tokenizerVersion(): string {
  return manifest.devDependencies['gpt-tokenizer'] ?? ''
}

interface SourceMap {
  readonly sources: readonly string[]
}

/** The package as a stranger gets it: packed, and installed into an empty project. */
describe('the packed package', () => {
  let project: string
  let tarball: string

  beforeAll(() => {
    project = mkdtempSync(join(tmpdir(), 'jetway-packaging-'))
    const [packed] = JSON.parse(
      execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', project], {
        cwd: root,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      }),
    ) as [{ filename: string }]
    tarball = join(project, packed.filename)
    writeFileSync(join(project, 'package.json'), JSON.stringify({ private: true, type: 'module' }))
    run('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', tarball])
  })

  afterAll(() => {
    rmSync(project, { recursive: true, force: true })
  })

  function run(command: string, args: readonly string[]): string {
    return execFileSync(command, args, {
      cwd: project,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    })
  }

  test('its command runs', () => {
    expect(run(join(project, 'node_modules/.bin/jetway'), ['--version'])).toBe(
      `${manifest.version}\n`,
    )
    expect(run(join(project, 'node_modules/.bin/jetway'), ['--help'])).toContain('jetway start')
  })

  test.each([
    [
      'jetway',
      [
        'completion',
        'embedding',
        'listModels',
        'getQuota',
        'createCopilot',
        'createCopilotFetch',
        'streamChunkBuilder',
        'RateLimitError',
      ],
    ],
    ['jetway/gateway', ['createGateway']],
    ['jetway/emulator', ['createEmulator']],
  ])('%s can be imported, and required', (entry, names) => {
    const list = 'console.log(JSON.stringify(Object.keys(found)))'
    const imported = run('node', [
      '-e',
      `import(${JSON.stringify(entry)}).then((found) => ${list})`,
    ])
    expect(JSON.parse(imported)).toEqual(expect.arrayContaining([...names]))
    const required = run('node', ['-e', `const found = require(${JSON.stringify(entry)}); ${list}`])
    expect(JSON.parse(required)).toEqual(expect.arrayContaining([...names]))
  })

  test('importing the SDK does nothing, and reads nothing of the gateway', () => {
    const script = `import('jetway').then(() => new Promise((resolve) => setTimeout(resolve, 100))).then(() => {
      const { createRequire } = require('node:module')
      console.log(JSON.stringify({ handles: process.getActiveResourcesInfo().filter((name) => name !== 'TTYWrap' && name !== 'PipeWrap'), undici: Object.keys(require.cache).some((file) => file.includes('undici')) }))
    })`
    expect(JSON.parse(run('node', ['-e', script]))).toEqual({ handles: [], undici: false })
  })

  /** What a program that imports the package is bundled from: the rooms of our source, and other packages. */
  async function bundled(program: string) {
    const { metafile } = await build({
      absWorkingDir: project,
      stdin: { contents: program, resolveDir: project },
      bundle: true,
      minify: true,
      splitting: true,
      format: 'esm',
      platform: 'node',
      outdir: 'bundle',
      write: false,
      metafile: true,
      logLevel: 'silent',
    })
    const files = Object.keys(metafile.inputs).filter((path) => path.startsWith('node_modules'))
    const ours = files.filter((path) => path.startsWith('node_modules/jetway/'))
    const sources = ours.flatMap((path) => {
      const map = JSON.parse(readFileSync(join(project, `${path}.map`), 'utf8')) as SourceMap
      return map.sources.map((source) => source.replace(/^.*\/src\//, ''))
    })
    const outputs = Object.values(metafile.outputs)
    const first = outputs.find(({ entryPoint }) => entryPoint === '<stdin>')
    return {
      rooms: new Set(sources.map((source) => source.split('/')[0])),
      packages: new Set(files.map((path) => path.split('/')[1])),
      /** Of what is read before anything is called. */
      firstBytes: first?.bytes ?? Infinity,
    }
  }

  test('a bundle of the SDK holds nothing of the gateway, and no package that is not installed', async () => {
    const { rooms, packages, firstBytes } = await bundled(
      "import { completion } from 'jetway'; console.log(completion)",
    )
    expect(rooms).toContain('sdk')
    for (const room of ['gateway', 'store', 'policy', 'cli', 'config', 'emulator', 'telemetry']) {
      expect(rooms).not.toContain(room)
    }
    expect(packages).toEqual(new Set(['jetway']))
    expect(firstBytes).toBeLessThan(30_000)
  })

  test('of the SDK only what is used is bundled', async () => {
    const { firstBytes } = await bundled(
      "import { RateLimitError } from 'jetway'; console.log(RateLimitError)",
    )
    expect(firstBytes).toBeLessThan(6_000)
  })

  test('so it is for the AI SDK’s provider', async () => {
    const { rooms } = await bundled(
      "import { copilot } from 'jetway/ai-sdk'; console.log(copilot('gpt-4o'))",
    )
    expect(rooms).toContain('ai-sdk')
    expect(rooms).not.toContain('gateway')
  })

  test('tokens are counted by characters without the optional tokenizer, and by it when it is there', () => {
    const script = join(project, 'count.mjs')
    writeFileSync(
      script,
      `import { createEmulator } from 'jetway/emulator'
import { createGateway } from 'jetway/gateway'
const emulator = await createEmulator()
const gateway = await createGateway({ port: 0, environment: {
  JETWAY_DATA_DIR: ':memory:', JETWAY_DISCOVERY: 'off', GITHUB_COPILOT_TOKEN_DIR: import.meta.dirname,
  GITHUB_COPILOT_API_KEY_URL: emulator.url + '/copilot_internal/v2/token', GITHUB_COPILOT_API_BASE: emulator.url,
  COPILOT_OAUTH_TOKEN: emulator.control.tokens.issue().value,
} })
const words = 'internationalization, '.repeat(10)
const answer = await fetch(gateway.url + '/v1/messages/count_tokens', { method: 'POST', body: JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content: words }] }) })
console.log(JSON.stringify({ ...(await answer.json()), marked: answer.headers.get('x-jetway-degraded') }))
await gateway.close()
await emulator.close()
`,
    )
    const before = JSON.parse(run('node', [script])) as object
    // 220 characters and the frame of one turn.
    expect(before).toEqual({ input_tokens: 62, marked: 'estimated' })
    run('npm', ['install', '--no-save', '--ignore-scripts', `gpt-tokenizer@${tokenizerVersion()}`])
    const after = JSON.parse(run('node', [script])) as { input_tokens: number; marked: string }
    expect(after.marked).toBe('estimated')
    expect(after.input_tokens).toBe(countTokens('internationalization, '.repeat(10)) + 7)
    expect(after.input_tokens).not.toBe(62)
  })

  test('its types hold in a strict project', () => {
    writeFileSync(
      join(project, 'use.ts'),
      `import { completion, type RateLimitError } from 'jetway'
import { createGateway } from 'jetway/gateway'
import { createEmulator } from 'jetway/emulator'
export async function use(): Promise<string | null | undefined> {
  const answer = await completion({ model: 'github_copilot/gpt-4o', messages: [{ role: 'user', content: 'hi' }] })
  for await (const chunk of await completion({ model: 'github_copilot/gpt-4o', messages: [], stream: true })) {
    const text: string | null | undefined = chunk.choices[0]?.delta.content
    void text
  }
  void createGateway
  void createEmulator
  return answer.choices[0]?.message.content
}
export const retryAfter = (error: RateLimitError): number | undefined => error.retry_after
// @ts-expect-error a model's name is a string
export const wrong = () => completion({ model: 7, messages: [] })
`,
    )
    const tsc = join(root, 'node_modules/typescript/bin/tsc')
    const options = [
      '--noEmit',
      '--strict',
      '--module',
      'nodenext',
      '--target',
      'es2023',
      '--types',
      'node',
      '--typeRoots',
      join(root, 'node_modules/@types'),
    ]
    run('node', [tsc, ...options, 'use.ts'])
  })

  test('publint and attw find nothing', () => {
    run(join(root, 'node_modules/.bin/publint'), ['run', tarball, '--strict'])
    run(join(root, 'node_modules/.bin/attw'), [tarball, '--profile', 'esm-only'])
  })
})
