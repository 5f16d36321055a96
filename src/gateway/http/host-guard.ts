import { PermissionDeniedError } from '../../core/errors.ts'
import { isLoopback } from '../../core/loopback.ts'

/**
 * Names by which containers reach their host. They belong to no one on the public internet, so no page can be served from
 * them. https://docs.docker.com/desktop/features/networking/
 */
const HOST_NAMES = new Set([
  'host.docker.internal',
  'gateway.docker.internal',
  'host.containers.internal',
])

/** Throws for a `Host` that is not ours. */
export type HostGuard = (host: string | undefined) => void

/**
 * A gateway on loopback believes that who reaches it is its owner. A web page may let its own name point to 127.0.0.1 and call
 * it from the owner's browser (DNS rebinding); the browser then sends that name as `Host`.
 */
export function createHostGuard(boundTo: string, allowed: readonly string[]): HostGuard {
  if (!isLoopback(boundTo)) return () => {}
  const names = new Set(allowed.map((name) => name.toLowerCase()))
  let latest: string | undefined
  return (host) => {
    // Nearly every request has the host of the one before.
    if (host === latest) return
    const name = hostName(host ?? 'localhost')
    if (isLoopback(name) || HOST_NAMES.has(name) || names.has(name)) {
      latest = host
      return
    }
    throw new PermissionDeniedError(
      'this gateway listens for this machine only and was called by another name; ' +
        'if that is meant, add the name to jetway.allowed_hosts',
      { code: 'host_not_allowed' },
    )
  }
}

function hostName(host: string): string {
  const bracket = host.lastIndexOf(']')
  const name = host.startsWith('[') && bracket > 0 ? host.slice(1, bracket) : host.split(':')[0]
  return (name ?? '').toLowerCase().replace(/\.$/, '')
}
