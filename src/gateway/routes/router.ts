import { TrieRouter } from 'hono/router/trie-router'

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

/**
 * Hono's router and nothing else of it: the rest makes web requests of Node's, and loads web streams for them, which takes 30 ms
 * and 7 MB of every start.
 */
export function createRouter<Target>(): Router<Target> {
  const router = new TrieRouter<Target>()
  return {
    add(method, path, target) {
      router.add(method, path, target)
    },
    find(method, path) {
      const [[first] = []] = router.match(method, path)
      if (first === undefined) return undefined
      const [target, params] = first
      return { target, params: decoded(params) }
    },
  }
}

function decoded(params: Readonly<Record<string, string | number>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(params).map(([name, text]) => [
      name,
      decodeLeniently(String(text), decodeURIComponent),
    ]),
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
