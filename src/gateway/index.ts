/**
 * The gateway: every dialect over HTTP, in front of the engine. To embed it, see `createGateway`.
 * @module
 */
export { createGateway } from './create-gateway.ts'
export type {
  ExtensionContext,
  Gateway,
  GatewayExtensions,
  GatewayOptions,
} from './create-gateway.ts'
export type { Drained } from './gateway-server.ts'
export { withTeams } from './teams.ts'
export type { TeamsOptions } from './teams.ts'
export type { Access, OwnAnswer, OwnRequest, OwnRoute } from './own/own-route.ts'
export { ConfigError } from '../config/problem.ts'
