import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { missing, pythonPath, root } from '../support/require.ts'
import { run } from '../support/run.ts'

const examples = join(root, 'examples')
const installed = join(root, '.cache', 'examples')
const INSTALL = 'run `node test/examples/install.mjs`'
const needsPython = (): string | undefined => missing(pythonPath, INSTALL)
const needsLangChain = (): string | undefined =>
  missing(join(installed, 'node_modules', '@langchain', 'openai'), INSTALL)

interface Row {
  readonly name: string
  /** What it prints, in this order. */
  readonly prints: readonly (string | RegExp)[]
  /** Why it cannot run on this machine. */
  readonly lacks?: () => string | undefined
  /** Where its packages are, when they are not this project's own. */
  readonly beside?: string
}

const QUESTION = /^chat: .*You asked: "/m
const ROWS: readonly Row[] = [
  {
    name: 'typescript-sdk',
    prints: [
      /^whole: .*What does an index do in SQL\?/m,
      /^streamed: .*What does an index do in SQL\?/m,
      'sunny in Paris',
      /^models: \d{2}/m,
      /^error: 404 NotFoundError .*did you mean gpt-4o/m,
    ],
  },
  {
    name: 'openai-node',
    prints: [
      QUESTION,
      /^streamed: .*ECONNRESET/m,
      /^responses: .*Name three rivers/m,
      'embedding: 1536 numbers',
      /^without a gateway: .*ECONNRESET/m,
    ],
  },
  {
    name: 'openai-python',
    lacks: needsPython,
    prints: [
      QUESTION,
      /^streamed: .*SQL query/m,
      /^responses: .*Name three rivers/m,
      'embedding: 1536 numbers',
      /^error: 404 .*did you mean gpt-4o/m,
    ],
  },
  {
    name: 'anthropic-node',
    prints: [
      /^messages: .*Review this function/m,
      /^streamed: .*Review this function/m,
      /^counted: [1-9]\d* tokens$/m,
      /^gpt-4o: .*Review this function/m,
    ],
  },
  {
    name: 'ai-sdk',
    prints: [
      /^text: .*haiku.* \(\d+ tokens\)$/m,
      /^streamed: .*Say hello/m,
      /^object: \{"name":".+","age":\d+\}$/m,
      'sunny in Paris',
      'embedding: 1536 numbers',
    ],
  },
  {
    name: 'langchain',
    lacks: needsLangChain,
    beside: installed,
    prints: [
      /^chain: .*What is a river delta\?/m,
      /^streamed: .*What is a river delta\?/m,
      'tool: get_weather {"city":"Paris"}',
      'embedding: 1536 numbers',
    ],
  },
  {
    name: 'litellm-client',
    lacks: needsPython,
    prints: [QUESTION, /^streamed: .*Review this code/m],
  },
  {
    name: 'embedded-hono',
    prints: ['without the token: 401', 'streamed: text/event-stream hello from Hono'],
  },
  {
    name: 'embedded-next',
    prints: ['without a session: 401', 'with one: 200 hello from a route', /^models: \d{2}/m],
  },
  {
    name: 'embedded-gateway',
    prints: [
      'with a wrong key: 401',
      'answered by github_copilot/gpt-4o-mini hello from inside',
      'drained, cut: 0',
    ],
  },
  { name: 'test-your-tool', prints: [/^(#|ℹ) pass 4$/mu, /^(#|ℹ) fail 0$/mu] },
]

describe('examples', () => {
  test('each folder has a row here, a README with its command, and a place in the list', () => {
    const folders = readdirSync(examples, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && entry.name !== 'node_modules')
      .map(({ name }) => name)
    expect(folders.sort()).toEqual(ROWS.map(({ name }) => name).sort())
    const list = readFileSync(join(examples, 'README.md'), 'utf8')
    for (const name of folders) {
      expect(list).toContain(`[${name}](${name})`)
      const readme = readFileSync(join(examples, name, 'README.md'), 'utf8')
      expect(readme).toContain(`\n    node examples/run.mjs ${name}\n`)
    }
  })

  for (const { name, prints, lacks, beside } of ROWS) {
    const reason = lacks?.()
    test.skipIf(reason)(
      `${name}${reason === undefined ? '' : ` (${reason})`}`,
      async () => {
        const copy = beside === undefined ? undefined : copied(name, beside)
        try {
          const ran = await run(process.execPath, [join(examples, 'run.mjs'), copy ?? name], {
            cwd: tmpdir(),
            env: {
              PATH: process.env['PATH'] ?? '',
              HOME: tmpdir(),
              ...(reason === undefined && lacks === needsPython ? { PYTHON: pythonPath } : {}),
            },
          })
          expect(ran.code, `${ran.stdout}\n${ran.stderr}`).toBe(0)
          let rest = ran.stdout
          for (const part of prints) {
            const at = typeof part === 'string' ? rest.indexOf(part) : rest.search(part)
            expect(at, `${String(part)} is not in what follows:\n${rest}`).toBeGreaterThanOrEqual(0)
            rest = rest.slice(at)
          }
        } finally {
          if (copy !== undefined) rmSync(copy, { recursive: true })
        }
      },
      120_000,
    )
  }

  test('an example that fails, and one that is not there, fail the command', async () => {
    const env = { PATH: process.env['PATH'] ?? '', HOME: tmpdir() }
    const folder = mkdtempSync(join(tmpdir(), 'jetway-broken-example-'))
    cpSync(join(root, 'test', 'examples', 'broken.mjs'), join(folder, 'example.mjs'))
    const broken = await run(process.execPath, [join(examples, 'run.mjs'), folder], { env })
    expect(broken.code).toBe(1)
    const absent = await run(process.execPath, [join(examples, 'run.mjs'), 'no-such'], { env })
    expect(absent.code).toBe(1)
    expect(absent.stderr).toContain("there is no example 'no-such'")
    rmSync(folder, { recursive: true })
  })
})

/** Node looks for packages from a file upwards: an example runs where its packages are. */
function copied(name: string, folder: string): string {
  mkdirSync(folder, { recursive: true })
  const copy = mkdtempSync(join(folder, `${name}-`))
  cpSync(join(examples, name), copy, { recursive: true })
  return copy
}
