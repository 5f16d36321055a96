import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startHouse, type House } from '../support/gateway-process.ts'
import { clients, INSTALL_CLIENTS, missing } from '../support/require.ts'
import { run } from '../support/run.ts'

/**
 * Schemathesis makes requests from `/openapi.json`, right ones and wrong ones, and holds every answer against it: no 5xx, no
 * status, content type or member that is not described, 405 for other methods. https://schemathesis.readthedocs.io
 */
const schemathesis = join(clients, 'fuzz', 'venv', 'bin', 'schemathesis')
const skip = missing(schemathesis, INSTALL_CLIENTS)

/** In place of a bound in time, within which a busy machine would not come by every endpoint. */
const EXAMPLES = 15
const MOST_MS = 900_000
const SEED = Number(process.env['JETWAY_FUZZ_SEED'] ?? 2026)
const CHECKS = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_schema_conformance',
  'response_headers_conformance',
  'unsupported_method',
]
/** Without them nearly every call would end at "no such model", and nothing behind it would be asked. */
const CHAT = ['gpt-4o', 'claude-sonnet-4.5', 'gpt-5.4', 'gpt-5.1', 'o4-mini']
const EMBEDDINGS = ['text-embedding-3-small']
/** The same handlers once more, without `/v1`. */
const TWINS = '^/(chat|completions|embeddings|responses|messages|models|requests)'

let house: House
let folder: string
beforeAll(async () => {
  if (skip) return
  // Reckless on purpose: the same calls over and over.
  house = await startHouse({ environment: { JETWAY_ANOMALY_STOP: 'off' } })
  folder = mkdtempSync(join(tmpdir(), 'jetway-fuzz-'))
})
afterAll(async () => {
  if (skip) return
  await house.stop()
  rmSync(folder, { recursive: true, force: true })
})

interface Operation {
  readonly parameters?: { readonly in: string; readonly name: string; schema: unknown }[]
  readonly requestBody?: {
    readonly content: Record<
      string,
      { readonly schema: { properties?: Record<string, unknown>; required?: string[] } }
    >
  }
}

/** The document as it is served, with names of models that exist. */
async function documentWithModels(): Promise<string> {
  const answer = await fetch(`${house.url}/openapi.json`)
  const document = (await answer.json()) as { paths: Record<string, Record<string, Operation>> }
  for (const [path, operations] of Object.entries(document.paths)) {
    const names = { enum: /embed/i.test(path) ? EMBEDDINGS : CHAT }
    for (const { parameters, requestBody } of Object.values(operations)) {
      for (const parameter of parameters ?? []) {
        if (parameter.in === 'path' && /models\/\{/.test(path)) parameter.schema = names
      }
      const schema = requestBody?.content['application/json']?.schema
      if (!schema?.properties || !('model' in schema.properties)) continue
      schema.properties['model'] = names
      schema.required = [...new Set([...(schema.required ?? []), 'model'])]
    }
  }
  const file = join(folder, 'openapi.json')
  writeFileSync(file, JSON.stringify(document))
  return file
}

test.skipIf(skip)(
  'whatever is sent, the answer is one that /openapi.json describes, and never a 5xx',
  async () => {
    const file = await documentWithModels()
    const ran = await run(
      schemathesis,
      [
        'run',
        file,
        `--url=${house.url}`,
        '--header',
        `authorization: Bearer ${house.key}`,
        '--header',
        'x-jetway-dashboard: 1',
        '--phases=coverage,fuzzing',
        // Two would change Python's recursion limit under each other, and one fail inside `compile` with a SystemError.
        '--workers=1',
        `--max-examples=${EXAMPLES}`,
        `--seed=${SEED}`,
        '--continue-on-failure',
        // Events that go on for minutes.
        '--exclude-path=/ui/api/live',
        `--exclude-path-regex=${TWINS}`,
        `--checks=${CHECKS.join(',')}`,
        '--request-timeout=20',
        '--no-color',
      ],
      {
        env: {
          PATH: process.env['PATH'] ?? '',
          HOME: folder,
          HYPOTHESIS_STORAGE_DIRECTORY: folder,
        },
        cwd: folder,
        timeoutMs: MOST_MS,
      },
    )
    expect(ran, `seed ${SEED}\n${ran.stdout.slice(-30_000)}\n${ran.stderr}`).toMatchObject({
      code: 0,
    })
    const tested = /Selected: (\d+)\/\d+\s+Tested: (\d+)/.exec(ran.stdout)
    expect(Number(tested?.[2])).toBeGreaterThan(50)
    expect(tested?.[2]).toBe(tested?.[1])
    const cases = Number(/(\d+) generated/.exec(ran.stdout)?.[1])
    expect(cases).toBeGreaterThan(500)
    // Nothing went wrong inside either, however it was answered.
    expect(house.log()).not.toContain('a request failed')
    expect(house.log()).not.toContain('"level":60')
  },
  MOST_MS + 60_000,
)
