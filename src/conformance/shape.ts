import { isJsonObject } from '../core/json.ts'
import { Unmet } from './check.ts'

/** What a value must look like: gives what is wrong, each with its place. */
export type Shape = (value: unknown, at: string) => readonly string[]

export const text: Shape = (value, at) =>
  typeof value === 'string' ? [] : [wrong(at, 'text', value)]
export const filled: Shape = (value, at) =>
  typeof value === 'string' && value !== '' ? [] : [wrong(at, 'text that is not empty', value)]
export const flag: Shape = (value, at) =>
  typeof value === 'boolean' ? [] : [wrong(at, 'true or false', value)]
export const number: Shape = (value, at) =>
  typeof value === 'number' && Number.isFinite(value) ? [] : [wrong(at, 'a number', value)]
export const count: Shape = (value, at) =>
  Number.isInteger(value) && (value as number) >= 0 ? [] : [wrong(at, 'a whole number', value)]
export const some: Shape = (value, at) =>
  Number.isInteger(value) && (value as number) > 0
    ? []
    : [wrong(at, 'a whole number above 0', value)]
export const anyObject: Shape = (value, at) =>
  isJsonObject(value) ? [] : [wrong(at, 'an object', value)]
export const nothing: Shape = (value, at) => (value === null ? [] : [wrong(at, 'null', value)])

export function word(...words: readonly string[]): Shape {
  return (value, at) =>
    words.includes(value as string)
      ? []
      : [wrong(at, words.map((one) => `"${one}"`).join(' or '), value)]
}

export function either(...shapes: readonly Shape[]): Shape {
  return (value, at) => {
    const found = shapes.map((shape) => shape(value, at))
    return found.some((problems) => problems.length === 0) ? [] : (found.at(-1) ?? [])
  }
}

export function list(item: Shape, least = 0): Shape {
  return (value, at) => {
    if (!Array.isArray(value)) return [wrong(at, 'a list', value)]
    if (value.length < least) return [`${at} has ${value.length} items, not at least ${least}`]
    return value.flatMap((one, index) => item(one, `${at}[${index}]`))
  }
}

/** A name that ends in `?` may be absent. Further members are always allowed. */
export function object(fields: Readonly<Record<string, Shape>>): Shape {
  return (value, at) => {
    if (!isJsonObject(value)) return [wrong(at, 'an object', value)]
    return Object.entries(fields).flatMap(([field, shape]) => {
      const optional = field.endsWith('?')
      const name = optional ? field.slice(0, -1) : field
      const place = at === '' ? name : `${at}.${name}`
      const member = value[name]
      if (member === undefined) return optional ? [] : [`${place} is missing`]
      return shape(member, place)
    })
  }
}

export function needShape(value: unknown, shape: Shape, what = ''): void {
  const problems = shape(value, what)
  if (problems.length > 0) throw new Unmet(problems.slice(0, 5).join('; '))
}

function wrong(at: string, wanted: string, value: unknown): string {
  return `${at === '' ? 'the answer' : at} is ${seen(value)}, not ${wanted}`
}

/** Short, and the kind rather than the words: an answer may be long. */
export function seen(value: unknown): string {
  if (value === undefined) return 'missing'
  if (Array.isArray(value)) return `a list of ${value.length}`
  if (typeof value === 'object' && value !== null) return 'an object'
  const printed = JSON.stringify(value) ?? typeof value
  return printed.length > 60 ? `${printed.slice(0, 60)}…` : printed
}
