import { uuidFromHex } from '../seal.ts'
import type { World } from '../world.ts'
import type { Incoming } from './incoming.ts'
import type { Service } from './routes.ts'

/** `x-github-request-id` looks like this: five groups of hex digits. */
export function githubRequestId(world: World): string {
  const hex = world.sealer.nextHex(32).toUpperCase()
  return [
    hex.slice(0, 4),
    hex.slice(4, 10),
    hex.slice(10, 16),
    hex.slice(16, 22),
    hex.slice(22, 30),
  ].join(':')
}

/** Headers that every answer of a service carries. */
export function serviceHeaders(
  world: World,
  service: Service,
  incoming: Incoming,
): Record<string, string> {
  const common = {
    'x-github-request-id': incoming.record.id,
    'strict-transport-security': 'max-age=31536000',
    'x-content-type-options': 'nosniff',
  }
  switch (service) {
    case 'github':
      return {
        ...common,
        'x-ratelimit-limit': '5000',
        'x-ratelimit-remaining': '4999',
        'x-ratelimit-resource': 'core',
        'x-github-media-type': 'github.v3; format=json',
      }
    case 'copilot':
      return {
        ...common,
        'x-request-id': incoming.headers['x-request-id'] ?? uuidFromHex(world.sealer.nextHex(32)),
        'x-copilot-service-request-id': uuidFromHex(world.sealer.nextHex(32)),
        'x-github-backend': 'Kubernetes',
        'content-security-policy': "default-src 'none'; sandbox",
      }
    default:
      return common
  }
}
