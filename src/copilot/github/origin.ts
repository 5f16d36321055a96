/** Scheme and authority, and the path in front of every wire's path. */
export interface ApiBase {
  readonly origin: string
  readonly basePath: string
}

export type CheckedBase =
  | { readonly ok: true; readonly base: ApiBase }
  | { readonly ok: false; readonly reason: string }

export function isLoopback(hostname: string): boolean {
  return (
    hostname === 'localhost' ||
    hostname === '[::1]' ||
    /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(hostname)
  )
}

/** A base the operator wrote: any host, but never a bearer over plain http to another machine. */
export function checkOperatorBase(text: string): CheckedBase {
  const url = parse(text)
  if (!url) return refused('it is no URL')
  if (url.username !== '' || url.password !== '') return refused('it holds a user name or password')
  if (url.search !== '' || url.hash !== '') return refused('it holds a query or a fragment')
  if (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname))) {
    return accepted(url)
  }
  return refused('it must begin with https:// (plain http is for loopback only)')
}

export interface Trust {
  /** Tenants whose hosts may be named, as `acme.ghe.com`; a GitHub Enterprise Server's own name. */
  readonly tenants: readonly string[]
  /** The sign-in itself is configured to be on loopback: an emulator may name its own ports. */
  readonly loopback: boolean
}

/** A base an answer named. It gets the bearer, so only GitHub's own hosts will do, on their usual port. */
export function checkNamedBase(text: string, trust: Trust): CheckedBase {
  const url = parse(text)
  if (!url) return refused('it is no URL')
  if (url.username !== '' || url.password !== '') return refused('it holds a user name or password')
  if (url.search !== '' || url.hash !== '') return refused('it holds a query or a fragment')
  if (isLoopback(url.hostname)) {
    return trust.loopback ? accepted(url) : refused('it is on this machine, the sign-in is not')
  }
  if (url.protocol !== 'https:') return refused('it is not https')
  if (url.port !== '') return refused('it names a port')
  const parents = ['githubcopilot.com', ...trust.tenants]
  const known = parents.some((parent) => {
    return url.hostname === parent || url.hostname.endsWith(`.${parent}`)
  })
  return known ? accepted(url) : refused(`${url.hostname} is no host of GitHub Copilot`)
}

function parse(text: string): URL | undefined {
  try {
    return new URL(text)
  } catch {
    return undefined
  }
}

function accepted(url: URL): CheckedBase {
  return { ok: true, base: { origin: url.origin, basePath: url.pathname.replace(/\/+$/, '') } }
}

function refused(reason: string): CheckedBase {
  return { ok: false, reason }
}
