import { openTeams } from './admin/index.ts'
import type { ExtensionContext, GatewayExtensions } from './create-gateway.ts'

export interface TeamsOptions {
  /** A database: `postgres://…`, or the path of an SQLite file. @default the configuration's, else `DATABASE_URL`, else the data folder */
  readonly location?: string | undefined
}

/**
 * Brings keys, limits, budgets, seats, the ledger and their administration to an embedded gateway.
 *
 * What is behind it (tables, stores, schemas) is not part of the package's interface, and neither are its types.
 *
 * @example
 * const gateway = await createGateway({ extend: withTeams() })
 */
export function withTeams(
  options: TeamsOptions = {},
): (context: ExtensionContext) => Promise<GatewayExtensions> {
  return (context) => openTeams(context, options)
}
