import { useEffect, useState } from 'preact/hooks'

export interface Place {
  /** `requests/abc` as `['requests', 'abc']`. */
  readonly path: readonly string[]
  readonly search: URLSearchParams
}

/** Places are kept behind `#`, so that the server has one page only. */
export function readPlace(hash: string = location.hash): Place {
  const [path = '', search = ''] = hash.replace(/^#\/?/, '').split('?')
  return {
    path: path.split('/').filter(Boolean).map(decodeURIComponent),
    search: new URLSearchParams(search),
  }
}

export function usePlace(): Place {
  const [place, setPlace] = useState(() => readPlace())
  useEffect(() => {
    const follow = (): void => {
      setPlace(readPlace())
    }
    addEventListener('hashchange', follow)
    return () => {
      removeEventListener('hashchange', follow)
    }
  }, [])
  return place
}

export function go(hash: string): void {
  location.hash = hash
}
