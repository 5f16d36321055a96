import { isDeepStrictEqual } from 'node:util'

type Tree = { readonly [name: string]: unknown }

/** Lays values over a JSON file, object by object; what else stands there stays, and so does its indentation. */
export function changeJson(text: string | undefined, values: Tree): string {
  const before = text === undefined || text.trim() === '' ? {} : parse(text)
  // Clients write their files in forms of their own: one that says it all already is left alone.
  if (text !== undefined && isDeepStrictEqual(over(before, values), before)) return text
  const indent = /^[\t ]+(?=")/m.exec(text ?? '')?.[0] ?? '  '
  return `${JSON.stringify(over(before, values), null, indent)}\n`
}

function parse(text: string): Tree {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new Error('it is not plain JSON (comments, perhaps), and is not touched', { cause })
  }
  if (isTree(value)) return value
  throw new Error('it holds no JSON object, and is not touched')
}

function over(before: Tree, values: Tree): Tree {
  const result: Record<string, unknown> = { ...before }
  for (const [name, value] of Object.entries(values)) {
    const old = result[name]
    result[name] = isTree(value) && isTree(old) ? over(old, value) : value
  }
  return result
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
