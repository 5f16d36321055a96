import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseAllDocuments } from 'yaml'
import { root } from '../support/require.ts'

export const deploy = join(root, 'deploy')
export const read = (...path: string[]): string => readFileSync(join(deploy, ...path), 'utf8')

/** Every file below `deploy/`, by its path there. */
export function deployFiles(): readonly string[] {
  return readdirSync(deploy, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(deploy.length + 1))
    .sort()
}

/** The documents of a YAML text; throws for what is none. */
export function yamlDocuments(text: string): readonly unknown[] {
  return parseAllDocuments(text).map((document) => {
    const [problem] = document.errors
    if (problem) throw problem
    return document.toJS() as unknown
  })
}

/** `30s`, `2m` or a bare number, in seconds. */
export function secondsOf(text: string): number {
  const match = /^(\d+)(s|m)?$/.exec(text)
  if (!match) throw new Error(`'${text}' is no duration`)
  return Number(match[1]) * (match[2] === 'm' ? 60 : 1)
}
