import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startHouse, type House } from '../support/gateway-process.ts'
import { root } from '../support/require.ts'

const require = createRequire(import.meta.url)
const TRACE = '0af7651916cd43dd8448eb211c80319c'

/** As a company registers its SDK: a module of its own before the command, which writes spans to a file here. */
function registration(file: string): string {
  const packageFile = (name: string): string =>
    pathToFileURL(require.resolve(`@opentelemetry/${name}`)).href
  return `import { appendFileSync } from 'node:fs'
import api from ${JSON.stringify(packageFile('api'))}
import sdk from ${JSON.stringify(packageFile('sdk-trace-base'))}
const exporter = {
  export(spans, done) {
    for (const { name, attributes } of spans) {
      appendFileSync(${JSON.stringify(file)}, JSON.stringify({ name, attributes, trace: spans[0].spanContext().traceId }) + '\\n')
    }
    done({ code: 0 })
  },
  shutdown: () => Promise.resolve(),
}
api.trace.setGlobalTracerProvider(
  new sdk.BasicTracerProvider({ spanProcessors: [new sdk.SimpleSpanProcessor(exporter)] }),
)
`
}

describe('the command with an SDK registered by --import', () => {
  let folder: string
  let house: House | undefined
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'jetway-traces-'))
    writeFileSync(join(folder, 'spans'), '')
    writeFileSync(join(folder, 'otel.mjs'), registration(join(folder, 'spans')))
  })
  afterEach(async () => {
    await house?.stop()
    rmSync(folder, { recursive: true })
  })

  const call = async (config: string): Promise<readonly { name: string; trace: string }[]> => {
    const hook = pathToFileURL(join(folder, 'otel.mjs')).href
    house = await startHouse({ config, environment: { NODE_OPTIONS: `--import ${hook}` } })
    const answer = await fetch(`${house.url}/v1/chat/completions`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${house.key}`,
        'content-type': 'application/json',
        traceparent: `00-${TRACE}-b7ad6b7169203331-01`,
      },
      body: JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content: 'Say hello' }] }),
    })
    expect(answer.status).toBe(200)
    await answer.text()
    await house.stop()
    const lines = readFileSync(join(folder, 'spans'), 'utf8').split('\n').filter(Boolean)
    return lines.map((line) => JSON.parse(line) as { name: string; trace: string })
  }

  test('gives it the spans of a call when the configuration says so', async () => {
    const spans = await call('jetway: { opentelemetry: true }\n')
    expect(spans.map(({ name }) => name)).toEqual(['chat gpt-4o', 'POST chat'])
    expect(new Set(spans.map(({ trace }) => trace))).toEqual(new Set([TRACE]))
    expect(house?.log()).toContain(`"trace":"${TRACE}"`)
  })

  test('gives it none otherwise', async () => {
    expect(await call('jetway: { opentelemetry: false }\n')).toEqual([])
  })
})

test('the built package imports the API nowhere but where it is asked for', () => {
  const dist = join(root, 'dist')
  const scripts = readdirSync(dist, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.js'),
  )
  const texts = scripts.map((name) => readFileSync(join(dist, name), 'utf8'))
  expect(texts.join('\n').match(/import\("@opentelemetry\/api"\)/g)).toHaveLength(1)
  for (const text of texts) expect(text).not.toMatch(/from\s*"@opentelemetry/)
})
