import { asArray, asNumber, asObject, asString, isJsonObject } from '../../core/json.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'

/** Where a made-up string finds its words. */
export interface InstanceContext {
  readonly title: string
  readonly sentence: string
}

const DEPTH_LIMIT = 24

/** A value that is valid for a JSON Schema, made by walking it; the same schema gives the same value. */
export function instanceOf(schema: JsonObject, context: InstanceContext): JsonValue {
  return walk(schema, schema, context, '', 0)
}

function walk(
  schema: JsonValue | undefined,
  root: JsonObject,
  context: InstanceContext,
  name: string,
  depth: number,
): JsonValue {
  if (!isJsonObject(schema) || depth > DEPTH_LIMIT) return null
  const target = resolve(schema, root)
  if (target !== schema) return walk(target, root, context, name, depth + 1)
  if (target['const'] !== undefined) return target['const']
  if (Array.isArray(target['enum'])) return target['enum'][0] ?? null
  const branch = asArray(target['anyOf'] ?? target['oneOf']).find((item) => !isNull(item))
  if (branch !== undefined) return walk(branch, root, context, name, depth + 1)
  if (Array.isArray(target['allOf'])) {
    return walk(merged(target, root), root, context, name, depth + 1)
  }
  switch (typeOf(target)) {
    case 'object':
      return objectOf(target, root, context, depth)
    case 'array': {
      const item = (): JsonValue => walk(target['items'], root, context, name, depth + 1)
      const count = Math.min(
        asNumber(target['minItems']) ?? 1,
        asNumber(target['maxItems']) ?? 1000,
        1000,
      )
      return isJsonObject(target['items']) ? Array.from({ length: count }, item) : []
    }
    case 'integer':
      return Math.ceil(numberOf(target))
    case 'number':
      return numberOf(target)
    case 'boolean':
      return true
    case 'null':
      return null
    default:
      return stringOf(target, context, name)
  }
}

function objectOf(
  schema: JsonObject,
  root: JsonObject,
  context: InstanceContext,
  depth: number,
): JsonObject {
  const properties = asObject(schema['properties']) ?? {}
  const required = new Set(asArray(schema['required']))
  const optional = depth < 4
  const made: JsonObject = {}
  for (const [name, property] of Object.entries(properties)) {
    if (!optional && !required.has(name)) continue
    made[name] = walk(property, root, context, name, depth + 1)
  }
  for (const name of required) {
    if (typeof name === 'string' && made[name] === undefined) made[name] = context.title
  }
  return made
}

function typeOf(schema: JsonObject): string {
  const type = Array.isArray(schema['type'])
    ? schema['type'].find((one) => one !== 'null')
    : schema['type']
  if (typeof type === 'string') return type.toLowerCase()
  if (schema['properties'] !== undefined) return 'object'
  return schema['items'] === undefined ? 'string' : 'array'
}

function isNull(schema: JsonValue): boolean {
  return isJsonObject(schema) && asString(schema['type'])?.toLowerCase() === 'null'
}

function resolve(schema: JsonObject, root: JsonObject): JsonValue | undefined {
  const reference = asString(schema['$ref'])
  if (reference === undefined) return schema
  let found: JsonValue | undefined = root
  for (const step of reference.replace(/^#\/?/, '').split('/').filter(Boolean)) {
    found = asObject(found)?.[decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~')]
  }
  return found
}

function merged(schema: JsonObject, root: JsonObject): JsonObject {
  const result: JsonObject = { ...schema }
  delete result['allOf']
  for (const part of asArray(schema['allOf'])) {
    const resolved = isJsonObject(part) ? asObject(resolve(part, root)) : undefined
    if (!resolved) continue
    const properties = { ...asObject(result['properties']), ...asObject(resolved['properties']) }
    const required = [...asArray(result['required']), ...asArray(resolved['required'])]
    Object.assign(result, resolved, { properties, required })
  }
  return result
}

function numberOf(schema: JsonObject): number {
  const least = asNumber(schema['minimum']) ?? asNumber(schema['exclusiveMinimum'])
  const most = asNumber(schema['maximum']) ?? asNumber(schema['exclusiveMaximum'])
  const step = asNumber(schema['multipleOf']) ?? 1
  if (least === undefined) return most === undefined || most >= step ? step : Math.floor(most) - 1
  const from = schema['exclusiveMinimum'] === undefined ? least : least + Math.min(step, 1e-3)
  return Math.ceil(from / step) * step
}

const FORMATS: Readonly<Record<string, string>> = {
  'date-time': '2026-09-01T12:00:00Z',
  date: '2026-09-01',
  time: '12:00:00Z',
  email: 'octo@example.com',
  uri: 'https://example.com/',
  uuid: '0b5f0a39-3c5d-4a5e-9c0e-0a1b2c3d4e5f',
  ipv4: '203.0.113.7',
  hostname: 'example.com',
}

function stringOf(schema: JsonObject, context: InstanceContext, name: string): string {
  const format = FORMATS[asString(schema['format']) ?? '']
  if (format !== undefined) return format
  const wordy = /answer|text|summary|explanation|description|content|reason|message|steps?/i
  let text = wordy.test(name) ? context.sentence : context.title
  const pattern = asString(schema['pattern'])
  if (pattern !== undefined) text = matching(pattern, text)
  const least = Math.min(asNumber(schema['minLength']) ?? 0, 100_000)
  while (text.length < least) text += text === '' ? 'x' : ` ${text}`
  return text.slice(0, asNumber(schema['maxLength']) ?? text.length)
}

/** Tries plain candidates; a pattern that fits none of them gets its own literal characters. */
function matching(pattern: string, wanted: string): string {
  const candidates = [
    wanted,
    'example',
    'Example',
    'a',
    'A1',
    '1',
    '12',
    '123',
    '1234',
    '12345',
    'ABC-123',
    '2026-09-01',
    '#a1b2c3',
    '1.0.0',
    '/tmp/example',
    'octo@example.com',
    'https://example.com/',
  ]
  try {
    const expression = new RegExp(pattern)
    return candidates.find((candidate) => expression.test(candidate)) ?? wanted
  } catch {
    return wanted
  }
}
