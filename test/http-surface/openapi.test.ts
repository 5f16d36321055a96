import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startHouse, type House } from '../support/gateway-process.ts'

interface Operation {
  readonly summary: string
  readonly security?: readonly object[]
  readonly parameters: readonly { readonly name: string; readonly in: string }[]
  readonly requestBody?: { readonly content: Record<string, { readonly schema: object }> }
  readonly responses: Record<string, { readonly content?: Record<string, object> }>
}
interface Document {
  readonly openapi: string
  readonly paths: Record<string, Record<string, Operation>>
  readonly components: { readonly schemas: Record<string, object> }
}

let house: House
let document: Document
beforeAll(async () => {
  house = await startHouse()
  document = (await (await fetch(`${house.url}/openapi.json`)).json()) as Document
})
afterAll(() => house.stop())

/** Every endpoint that users may rely on. */
const PROMISED = `
  POST /v1/chat/completions, POST /chat/completions, POST /v1/responses, POST /responses,
  POST /v1/embeddings, POST /embeddings, POST /v1/completions, POST /completions,
  GET /v1/models, GET /models, GET /v1/models/{id}, GET /models/{id}, POST /v1/messages,
  POST /messages, POST /v1/messages/count_tokens, POST /messages/count_tokens,
  GET /v1/responses/{id}, DELETE /v1/responses/{id}, GET /v1/requests/{id}, GET /requests/{id},
  POST /v1beta/models/{model}:generateContent, POST /v1beta/models/{model}:streamGenerateContent,
  POST /v1beta/models/{model}:countTokens, POST /v1beta/models/{model}:embedContent,
  GET /v1beta/models, POST /api/chat, POST /api/generate, POST /api/embed, POST /api/show,
  GET /api/tags, GET /api/version, GET /health/liveliness, GET /health/readiness, GET /health,
  GET /metrics, GET /openapi.json, GET /ui, POST /key/generate, GET /key/info, GET /key/list,
  POST /key/update, POST /key/delete, GET /spend/logs, GET /seats/stops, POST /seats/resume`
  .split(',')
  .map((line) => line.trim())

function operations(): readonly (readonly [string, Operation])[] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(
      ([method, operation]) => [`${method.toUpperCase()} ${path}`, operation] as const,
    ),
  )
}

describe('/openapi.json', () => {
  test('names every endpoint that is promised', () => {
    expect(operations().map(([name]) => name)).toEqual(expect.arrayContaining(PROMISED))
  })

  test('says of each what it takes, what it gives, and which errors', () => {
    const wrong: string[] = []
    for (const [name, { summary, parameters, requestBody, responses }] of operations()) {
      const inPath = parameters.filter((one) => one.in === 'path').map((one) => `{${one.name}}`)
      if (summary.length < 4) wrong.push(`${name}: no summary`)
      if (String(name.match(/\{\w+\}/g) ?? []) !== String(inPath)) wrong.push(`${name}: its path`)
      if (!('200' in responses && '400' in responses)) wrong.push(`${name}: answers`)
      for (const [status, { content }] of Object.entries(responses)) {
        if (Object.keys(content ?? {}).length === 0) wrong.push(`${name}: what ${status} holds`)
      }
      const bodies = Object.keys(requestBody?.content ?? {})
      if (name.startsWith('POST') && !BARE.has(name) && String(bodies) !== 'application/json')
        wrong.push(`${name}: no body`)
    }
    expect(wrong).toEqual([])
  })

  test('refers to nothing that is not there', () => {
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)]
    expect(references.length).toBeGreaterThan(20)
    const known = Object.keys(document.components.schemas)
    const broken = references.filter(
      ([, target = '']) => !known.includes(target.replace('#/components/schemas/', '')),
    )
    expect(broken).toEqual([])
  })

  test('says the same with and without /v1', () => {
    const twins = Object.keys(document.paths).filter((path) => path.startsWith('/v1/'))
    expect(twins.length).toBeGreaterThan(8)
    expect(twins.map((path) => document.paths[path.slice(3)])).toEqual(
      twins.map((path) => document.paths[path]),
    )
  })

  test('asks for a key where one is needed: without, each answers 401 and nothing is called', async () => {
    const before = house.emulator.control.requests.list().length
    const answered: Record<string, number> = {}
    const open: Record<string, number> = {}
    for (const [name, { security }] of operations()) {
      const [method = '', path = ''] = name.split(' ')
      const answer = await fetch(`${house.url}${path.replace(/\{\w+\}/g, 'x')}`, {
        method,
        ...(method === 'POST' ? { body: '{}' } : {}),
      })
      await answer.body?.cancel()
      ;(security === undefined ? open : answered)[name] = answer.status
    }
    expect(Object.keys(answered).length).toBeGreaterThan(60)
    expect(Object.entries(answered).filter(([, status]) => status !== 401)).toEqual([])
    expect(Object.keys(open).filter((name) => !name.startsWith('GET'))).toEqual([
      'POST /ui/api/session',
      'DELETE /ui/api/session',
    ])
    expect(house.emulator.control.requests.list()).toHaveLength(before)
  })

  test('a method that is not served is 405 with those that are', async () => {
    const wrong: string[] = []
    for (const [path, methods] of Object.entries(document.paths)) {
      const answer = await fetch(house.url + path.replace(/\{\w+\}/g, 'gpt-4o'), { method: 'PUT' })
      await answer.body?.cancel()
      const allowed = (answer.headers.get('allow') ?? '').split(', ')
      const described = Object.keys(methods).map((method) => method.toUpperCase())
      if (answer.status !== 405 || described.some((method) => !allowed.includes(method)))
        wrong.push(`${path}: ${answer.status} ${allowed.join(' ')}`)
    }
    expect(wrong).toEqual([])
    const unknown = await fetch(`${house.url}/v1/models/gpt-4o:dance`, { method: 'POST' })
    expect(unknown.status).toBe(405)
    expect(unknown.headers.get('allow')).toBe('GET')
  })
})

/** Nothing to say beyond the path. */
const BARE: ReadonlySet<string> = new Set(['POST /seats/reseal'])
