import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, Scalar } from 'yaml'
import type { Node, ParsedNode, YAMLMap } from 'yaml'
import type { Located, LocatedMap, LocatedMember } from './located.ts'
import { ConfigError } from './problem.ts'
import type { Position } from './problem.ts'

/** More than any real configuration holds, and few enough to be read at once: nested aliases multiply. */
const MAX_VALUES = 100_000
const MAX_DEPTH = 64
/** They name JavaScript's own prototype members; no configuration needs them. */
const FORBIDDEN_KEYS = new Set(['__proto__', 'prototype', 'constructor'])

/**
 * Reads a YAML text into values with positions. YAML 1.2 with the merge key `<<`, as people's LiteLLM files use it.
 * Throws a `ConfigError`.
 */
export function parseYaml(text: string, file: string): LocatedMap {
  const lines = new LineCounter()
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: true,
    schema: 'core',
  })
  const placeOf = (offset: number): Position => {
    const { line, col } = lines.linePos(offset)
    return { file, line: Math.max(line, 1), column: Math.max(col, 1) }
  }
  if (document.errors.length > 0) {
    throw new ConfigError(
      document.errors.map((error) => ({ message: error.message, at: placeOf(error.pos[0]) })),
    )
  }
  const start = { file, line: 1, column: 1 }
  const root = document.contents
  if (root === null) return { kind: 'map', at: start, size: 1, members: new Map() }
  const located = createReader(placeOf).read(root, 0)
  if (located.kind === 'map') return located
  if (located.kind === 'scalar' && located.value === null) {
    return { kind: 'map', at: start, size: 1, members: new Map() }
  }
  throw new ConfigError([
    { message: 'the file must hold a map of settings, as `model_list:` …', at: located.at },
  ])
}

interface Reader {
  read(node: ParsedNode | null, depth: number): Located
}

function createReader(placeOf: (offset: number) => Position): Reader {
  const anchors = new Map<string, Located>()

  const bounded = <Value extends Located>(located: Value): Value => {
    if (located.size <= MAX_VALUES) return located
    throw problem(
      located.at,
      `the file comes to more than ${MAX_VALUES} values; use fewer aliases (*name) inside each other`,
    )
  }

  const readMap = (node: YAMLMap.Parsed, depth: number): Located => {
    const at = startOf(node)
    const members = new Map<string, LocatedMember>()
    const merged: LocatedMap[] = []
    let size = 1
    for (const pair of node.items) {
      const keyAt = startOf(pair.key)
      const key = readKey(pair.key, keyAt)
      const value = pair.value ? read(pair.value, depth + 1) : nothing(keyAt)
      size += value.size
      if (key === '<<' && isPlain(pair.key)) merged.push(...mergeSources(value))
      else members.set(key, { keyAt, value })
    }
    for (const source of merged) {
      for (const [key, member] of source.members) if (!members.has(key)) members.set(key, member)
    }
    return bounded({ kind: 'map', at, size, members })
  }

  const readOnce = (node: ParsedNode, depth: number): Located => {
    const at = startOf(node)
    if (depth > MAX_DEPTH) throw problem(at, `values are nested more than ${MAX_DEPTH} deep`)
    if (isMap(node)) return readMap(node, depth)
    if (isSeq(node)) {
      const items = node.items.map((item) => read(item, depth + 1))
      const size = items.reduce((sum, item) => sum + item.size, 1)
      return bounded({ kind: 'list', at, size, items })
    }
    if (isScalar(node)) return { kind: 'scalar', at, size: 1, value: readScalar(node, at) }
    throw problem(at, 'this kind of YAML value cannot be used in a configuration')
  }

  const read = (node: ParsedNode | null, depth: number): Located => {
    if (node === null) return nothing(placeOf(0))
    if (isAlias(node)) {
      const target = anchors.get(node.source)
      if (target) return target
      throw problem(startOf(node), `*${node.source} names a value that holds itself`)
    }
    const located = readOnce(node, depth)
    if (node.anchor !== undefined) anchors.set(node.anchor, located)
    return located
  }

  const startOf = (node: Node): Position => placeOf(node.range?.[0] ?? 0)
  return { read }
}

function nothing(at: Position): Located {
  return { kind: 'scalar', at, size: 1, value: null }
}

function readKey(node: ParsedNode, at: Position): string {
  if (!isScalar(node)) throw problem(at, 'a key must be a plain word')
  const key = String(node.value)
  if (FORBIDDEN_KEYS.has(key)) throw problem(at, `the key "${key}" is not allowed`)
  return key
}

function isPlain(node: ParsedNode): boolean {
  return isScalar(node) && node.type === Scalar.PLAIN
}

/** What `<<` brings in: a map, or a list of maps of which the first wins. */
function mergeSources(value: Located): LocatedMap[] {
  const sources = value.kind === 'list' ? value.items : [value]
  return sources.map((source) => {
    if (source.kind === 'map') return source
    throw problem(source.at, '`<<` takes a map or a list of maps')
  })
}

function readScalar(node: Scalar, at: Position): string | number | boolean | null {
  const { value } = node
  if (value === null || value === undefined) return null
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
    return value
  }
  throw problem(at, 'this kind of YAML value cannot be used in a configuration')
}

function problem(at: Position, message: string): ConfigError {
  return new ConfigError([{ message, at }])
}
