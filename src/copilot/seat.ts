import { createHash } from 'node:crypto'
import type { SeatId } from '../core/call.ts'
import { OWN_SEAT } from '../core/call.ts'
import type { AuthenticationError } from '../core/errors.ts'
import type { Access } from '../core/upstream.ts'
import type { Credential, SkippedSource } from './credentials/credential.ts'
import { credentialFromText } from './credentials/explicit.ts'
import { resolveOwnCredential } from './credentials/resolve.ts'
import type { Catalogue } from './catalogue/catalogue.ts'
import type { SignIn } from './device/sign-in.ts'
import type { TokenLocations } from './files/locations.ts'
import type { ConfiguredHosts } from './github/hosts.ts'
import type { ApiBase } from './github/origin.ts'
import type { HeaderBlocks } from './identity/header-blocks.ts'
import type { Log } from './log.ts'
import type { CopilotOptions } from './options.ts'
import { createHeaderQuota } from './quota/header-quota.ts'
import type { HeaderQuota } from './quota/header-quota.ts'
import type { Held, Keeper, KeeperOptions } from './token/keeper.ts'
import { createKeeper } from './token/keeper.ts'
import { createObtain } from './token/obtain.ts'
import { noShare } from './token/share.ts'
import type { TokenShare } from './token/share.ts'

/** One person's entitlement with one credential: its token, its models, its quota. */
export interface Seat {
  readonly id: SeatId
  readonly keeper: Keeper
  readonly quotaSeen: HeaderQuota
  /** By base URL, since hosts differ in what they serve. */
  readonly catalogues: Map<string, Catalogue>
  resolve(): Promise<Credential>
  readonly skipped: readonly SkippedSource[]
  access(held: Held, explicit: ApiBase | undefined): Access
}

/** What all seats of one client have in common. */
export interface SeatContext {
  readonly options: CopilotOptions
  readonly hosts: ConfiguredHosts
  readonly locations: TokenLocations
  readonly fileShare: TokenShare
  readonly blocks: HeaderBlocks
  readonly signIn: SignIn
  readonly log: Log
  readonly nextGeneration: () => number
  readonly notSignedIn: (seat: SeatId) => AuthenticationError
}

export function createSeat(context: SeatContext, id: SeatId, apiKey: string | undefined): Seat {
  const { options, hosts, locations, log } = context
  const { clock, random, http } = options
  let skipped: readonly SkippedSource[] = []
  let accesses: { readonly held: Held; readonly byBase: Map<string, Access> } | undefined

  async function resolve(refused?: string): Promise<Credential> {
    const credential = await find(refused)
    if (credential) return credential
    throw context.notSignedIn(id)
  }

  async function find(refused: string | undefined): Promise<Credential | undefined> {
    if (id === OWN_SEAT || apiKey !== undefined) {
      const found = await resolveOwnCredential({
        environment: options.environment,
        locations,
        host: hosts.host,
        clock,
        explicit: apiKey ?? options.credential,
        remembered: context.signIn.remembered,
      })
      skipped = found.skipped
      return found.credential
    }
    const found = await options.seats?.credential(id, refused)
    if (!found) return undefined
    const { token, login, expiresAtMs, host = hosts.host } = found
    const known = { source: 'seat', host, login, expiresAtMs } as const
    return credentialFromText(token, `the seat ${id}`, known)
  }

  const shareFor = (credential: Credential): { share: TokenShare; key: string } => {
    const key = createHash('sha256').update(credential.token).digest('hex')
    return { share: credential.keepsFiles ? context.fileShare : (options.shared ?? noShare), key }
  }

  const keeper = createKeeper({
    clock,
    random,
    nextGeneration: context.nextGeneration,
    obtain: counted(
      createObtain({
        http,
        clock,
        hosts,
        resolve,
        shareFor,
        headers: () => context.blocks.forGitHub(),
        log,
      }),
      options.onRefresh,
    ),
    identify: async () => shareFor(await resolve()).key,
    onTrouble: (message, error) => {
      log('warn', message, { code: error.code, reason: error.message })
    },
  })

  return {
    id,
    keeper,
    quotaSeen: createHeaderQuota(),
    catalogues: new Map(),
    resolve,
    get skipped() {
      return skipped
    },
    access(held, explicit) {
      if (accesses?.held !== held) accesses = { held, byBase: new Map() }
      const base = explicit ?? held.grant.base
      const key = base.origin + base.basePath
      const known = accesses.byBase.get(key)
      if (known) return known
      const access: Access = {
        origin: base.origin,
        basePath: base.basePath,
        authorization: { authorization: `Bearer ${held.grant.bearer}` },
        credential: held.grant.way === 'direct' ? 'direct' : 'tid',
        generation: held.generation,
      }
      accesses.byBase.set(key, access)
      return access
    },
  }
}

type Obtain = KeeperOptions['obtain']

function counted(obtain: Obtain, onRefresh: CopilotOptions['onRefresh']): Obtain {
  if (!onRefresh) return obtain
  return async (request) => {
    let ok = false
    try {
      const grant = await obtain(request)
      ok = true
      return grant
    } finally {
      onRefresh({ reason: request.reason, ok })
    }
  }
}
