import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { root } from '../support/require.ts'

const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }

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
