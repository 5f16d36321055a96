/** What an address was found to be, with what stands in it at the places of `:name`. */
export interface Found<Target> {
  readonly target: Target
  readonly params: Readonly<Record<string, string>>
}

export interface Router<Target> {
  /** `/v1/requests/:id`; `:id{.+}` takes slashes, too, and comes last. What was added first is found first. */
  add(method: string, path: string, target: Target): void
  /** By a path as `pathOf` gives it. */
  find(method: string, path: string): Found<Target> | undefined
}

interface Fixed<Target> {
  readonly place: number
  readonly target: Target
}

interface Pattern<Target> extends Fixed<Target> {
  readonly method: string
  readonly expression: RegExp
}

/** A lookup for paths that are only themselves, and the few others one after another. */
export function createRouter<Target>(): Router<Target> {
  const fixed = new Map<string, Fixed<Target>>()
  const patterns: Pattern<Target>[] = []
  let place = 0
  return {
    add(method, path, target) {
      place++
      if (path.includes(':')) {
        patterns.push({ place, method, target, expression: expressionOf(path) })
        return
      }
      const key = `${method} ${path}`
      if (!fixed.has(key)) fixed.set(key, { place, target })
    },
    find(method, path) {
      const itself = fixed.get(`${method} ${path}`)
      for (const pattern of patterns) {
        if (itself !== undefined && itself.place < pattern.place) break
        if (pattern.method !== method) continue
        const match = pattern.expression.exec(path)
        if (match !== null) return { target: pattern.target, params: decoded(match.groups ?? {}) }
      }
      return itself && { target: itself.target, params: {} }
    },
  }
}

function expressionOf(path: string): RegExp {
  const parts = path
    .split('/')
    .map((part) => (part.includes(':') ? parameter(part) : part.replaceAll('.', '\\.')))
  return new RegExp(`^${parts.join('/')}$`)
}

function parameter(part: string): string {
  const match = /^:(\w+)(\{\.\+\})?$/.exec(part)
  if (match === null) throw new TypeError(`'${part}' is no part of a route's path`)
  return `(?<${match[1]}>${match[2] === undefined ? '[^/]+' : '.+'})`
}

function decoded(groups: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(groups).map(([name, text]) => [name, decodeLeniently(text, decodeURIComponent)]),
  )
}

/** Escapes that mean nothing stay as they are. */
export function decodeLeniently(text: string, decode: (text: string) => string): string {
  if (!text.includes('%')) return text
  try {
    return decode(text)
  } catch {
    return text.replaceAll(/(?:%[\da-f]{2})+/gi, (escapes) => {
      try {
        return decode(escapes)
      } catch {
        return escapes
      }
    })
  }
}
