import type { Located, LocatedMap } from './located.ts'
import type { ConfigProblem } from './problem.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** What stands for an environment variable in a LiteLLM file. */
const REFERENCE = /^os\.environ\/(.+)$/

export interface Plain {
  readonly value: Readonly<Record<string, unknown>>
  /** References to variables that are not set: the value counts as left out. */
  readonly missing: readonly (ConfigProblem & {
    readonly path: string
    readonly variable: string
  })[]
}

/** Values without positions, variables put in, `null` left out: an empty value is one that was not given. */
export function plainFrom(root: LocatedMap, environment: Environment): Plain {
  const missing: Plain['missing'][number][] = []

  const convert = (located: Located, path: string): unknown => {
    if (located.kind === 'map') {
      const entries: [string, unknown][] = []
      for (const [key, member] of located.members) {
        const value = convert(member.value, path === '' ? key : `${path}.${key}`)
        if (value !== undefined) entries.push([key, value])
      }
      return Object.fromEntries(entries)
    }
    if (located.kind === 'list') {
      return located.items.map((item, at) => convert(item, `${path}[${at}]`) ?? null)
    }
    if (located.value === null) return undefined
    const variable =
      typeof located.value === 'string' ? REFERENCE.exec(located.value)?.[1] : undefined
    if (variable === undefined) return located.value
    const value = environment[variable]
    if (value !== undefined && value !== '') return value
    const message = `${path} names the environment variable ${variable}, which is not set`
    missing.push({ message, at: located.at, path, variable })
    return undefined
  }

  return { value: convert(root, '') as Readonly<Record<string, unknown>>, missing }
}

/** `environment_variables` of the file. What the process's own environment says wins over it. */
export function withFileVariables(root: LocatedMap, environment: Environment): Environment {
  const section = root.members.get('environment_variables')?.value
  if (section?.kind !== 'map') return environment
  const { value } = plainFrom(section, environment)
  const named = Object.entries(value).flatMap(([name, given]): [string, string][] =>
    isScalarValue(given) ? [[name, String(given)]] : [],
  )
  return { ...Object.fromEntries(named), ...definedOnly(environment) }
}

function definedOnly(environment: Environment): Environment {
  return Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== undefined))
}

function isScalarValue(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
}
