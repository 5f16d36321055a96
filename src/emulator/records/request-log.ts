import type { RecordedRequest, RequestFilter } from './recorded-request.ts'

/** What was received, bounded: the oldest requests are forgotten first. */
export interface RequestLog {
  add(request: RecordedRequest): void
  /** Tells those who wait that a request changed. */
  touch(): void
  list(filter?: RequestFilter): RecordedRequest[]
  /** Resolves with the matching requests as soon as there are `count` of them that are no longer open. */
  waitFor(filter: RequestFilter, count: number, timeoutMs: number): Promise<RecordedRequest[]>
  clear(): void
}

export function createRequestLog(limit: number): RequestLog {
  const requests: RecordedRequest[] = []
  const waiting = new Set<() => void>()

  const touch = (): void => {
    for (const look of waiting) look()
  }
  const list = (filter: RequestFilter = {}): RecordedRequest[] =>
    requests.filter((request) => matches(request, filter))

  return {
    add(request) {
      requests.push(request)
      if (requests.length > limit) requests.splice(0, requests.length - limit)
      touch()
    },
    touch,
    list,
    waitFor(filter, count, timeoutMs) {
      return new Promise((resolve, reject) => {
        const look = (): void => {
          const found = list(filter).filter((request) => request.outcome !== 'open')
          if (found.length < count) return
          clearTimeout(timer)
          waiting.delete(look)
          resolve(found)
        }
        const timer = setTimeout(() => {
          waiting.delete(look)
          const wanted = JSON.stringify(filter)
          reject(new Error(`no ${count} requests like ${wanted} within ${timeoutMs} ms`))
        }, timeoutMs)
        waiting.add(look)
        look()
      })
    },
    clear() {
      requests.length = 0
    },
  }
}

function matches(request: RecordedRequest, filter: RequestFilter): boolean {
  for (const [name, wanted] of Object.entries(filter)) {
    if (wanted === undefined) continue
    const actual = request[name as keyof RequestFilter]
    // A filter that came over a query string has text where the record has a number.
    if (String(actual) !== String(wanted)) return false
  }
  return true
}
