import { BadRequestError } from '../../core/errors.ts'
import { isJsonObject } from '../../core/json.ts'
import type { JsonObject, JsonValue } from '../../core/json.ts'

/** The error every wrong field gets: which one, what it should be, what it is. The value itself stays out: it may be a prompt. */
export function wrongField(path: string, expected: string, value: unknown): BadRequestError {
  const got = value === undefined ? 'it is missing' : `got ${kindOf(value)}`
  return new BadRequestError(`\`${path}\` must be ${expected}; ${got}.`, {
    code: value === undefined ? 'missing_field' : 'invalid_type',
    param: path,
  })
}

/** A field that is well formed and cannot be served. */
export function refusedField(path: string, reason: string): BadRequestError {
  return new BadRequestError(reason, { code: 'unsupported_value', param: path })
}

/** `null` counts as absent: clients write both. */
export function optionalString(body: JsonObject, name: string, at = ''): string | undefined {
  const value = body[name]
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'string') throw wrongField(at + name, 'a string', value)
  return value
}

export function requiredString(body: JsonObject, name: string, at = ''): string {
  const value = body[name]
  if (typeof value !== 'string') throw wrongField(at + name, 'a string', value ?? undefined)
  return value
}

export function optionalNumber(body: JsonObject, name: string, at = ''): number | undefined {
  const value = body[name]
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'number' || !Number.isFinite(value))
    throw wrongField(at + name, 'a number', value)
  return value
}

export function optionalInteger(body: JsonObject, name: string, at = ''): number | undefined {
  const value = optionalNumber(body, name, at)
  if (value !== undefined && !Number.isInteger(value))
    throw wrongField(at + name, 'a whole number', value)
  return value
}

export function optionalBoolean(body: JsonObject, name: string, at = ''): boolean | undefined {
  const value = body[name]
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'boolean') throw wrongField(at + name, 'true or false', value)
  return value
}

export function optionalObject(body: JsonObject, name: string, at = ''): JsonObject | undefined {
  const value = body[name]
  if (value === undefined || value === null) return undefined
  if (!isJsonObject(value)) throw wrongField(at + name, 'an object', value)
  return value
}

export function optionalArray(
  body: JsonObject,
  name: string,
  at = '',
): readonly JsonValue[] | undefined {
  const value = body[name]
  if (value === undefined || value === null) return undefined
  if (!Array.isArray(value)) throw wrongField(at + name, 'a list', value)
  return value
}

export function requiredArray(body: JsonObject, name: string, at = ''): readonly JsonValue[] {
  const value = optionalArray(body, name, at)
  if (value === undefined) throw wrongField(at + name, 'a list', undefined)
  return value
}

/** The value as an object, or an error that names where it stands. */
export function requireObject(value: JsonValue | undefined, path: string): JsonObject {
  if (!isJsonObject(value)) throw wrongField(path, 'an object', value ?? undefined)
  return value
}

/** A list of strings; one bare string counts as a list of one. */
export function stringOrList(
  body: JsonObject,
  name: string,
  at = '',
): readonly string[] | undefined {
  const value = body[name]
  if (value === undefined || value === null) return undefined
  if (typeof value === 'string') return [value]
  if (!Array.isArray(value)) throw wrongField(at + name, 'a string or a list of strings', value)
  return value.map((entry, index) => {
    if (typeof entry !== 'string') throw wrongField(`${at}${name}[${index}]`, 'a string', entry)
    return entry
  })
}

/** A list of strings, where no bare string stands for one. */
export function listOfStrings(
  body: JsonObject,
  name: string,
  at = '',
): readonly string[] | undefined {
  if (typeof body[name] === 'string') throw wrongField(at + name, 'a list of strings', body[name])
  return stringOrList(body, name, at)
}

function kindOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'an object'
  if (typeof value === 'number') return Number.isInteger(value) ? 'a number' : 'a fraction'
  return `a ${typeof value}`
}
