import type { Source } from './choose.ts'
import type { Environment } from './plain.ts'
import type { ConfigProblem } from './problem.ts'
import type { ConfigFile } from './schema.ts'

/** What the command line says; it wins over everything. */
export interface ConfigFlags {
  readonly host?: string | undefined
  readonly port?: number | undefined
}

/** What building settings needs of the world around the file. */
export interface BuildContext {
  readonly flags: ConfigFlags
  readonly environment: Environment
  readonly warn: (problem: ConfigProblem) => void
  readonly fail: (problem: ConfigProblem) => void
  /** Where a value of the file stands. */
  readonly at: (path: readonly PropertyKey[]) => ConfigProblem['at']
}

/** A value of the file, which may not be there. */
export interface Place<Value> {
  readonly path: readonly string[]
  readonly value: Value | undefined
}

/** Takes the first value that is given, and notes where it came from. */
export type Pick = <Value>(
  setting: string,
  places: readonly (Source<Value> | Place<Value>)[],
  fallback: Value,
) => Value

export function inFile<Value>(path: readonly string[], value: Value | undefined): Place<Value> {
  return { path, value }
}

type Own = NonNullable<ConfigFile['jetway']>
export type Limits = NonNullable<Own['limits']>

/** A key of our own section under either of its names. */
export function own<Key extends keyof Own>(
  file: ConfigFile,
  key: Key,
): Place<NonNullable<Own[Key]>>[] {
  return [
    inFile(['jetway', key], file.jetway?.[key]),
    inFile(['jetway_settings', key], file.jetway_settings?.[key]),
  ] as Place<NonNullable<Own[Key]>>[]
}

export function ownLimit<Key extends keyof Limits>(
  file: ConfigFile,
  key: Key,
): Place<NonNullable<Limits[Key]>>[] {
  return [
    inFile(['jetway', 'limits', key], file.jetway?.limits?.[key]),
    inFile(['jetway_settings', 'limits', key], file.jetway_settings?.limits?.[key]),
  ] as Place<NonNullable<Limits[Key]>>[]
}

/** An empty variable counts as none, as `NAME=` in a compose file means. */
export function variables(environment: Environment, ...names: readonly string[]): Source<string>[] {
  return names.map((name) => ({
    name,
    value: environment[name] === '' ? undefined : environment[name],
  }))
}
